# ruff: noqa: INP001 - a script that is run by path
"""Write geo_service/domain/readings.txt anew from pypinyin, which is needed for that alone.

The service holds what it needs of pypinyin's tables, readings without tones: all of them would take
a worker 57 MB and a fifth of a second.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

_HAN: Final = range(0x4E00, 0xA000)  # CJK Unified Ideographs
_LONGEST: Final = 3  # longer ones are sayings, which no place is called by
_HEAD: Final = """\
# Readings of Chinese characters without tones; after the empty line, words read otherwise.
# Made by data/readings/make_readings.py from pypinyin (MIT licence, (c) 2016 mozillazg, 闲耘).
"""


def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading.replace("ê", "e"))
    return "".join(
        "v" if letter == "u" and "\u0308" in letters else letter
        for letter in letters
        if letter.isascii() and letter.isalpha()
    )


def _readings() -> dict[str, str]:
    return {
        chr(code): _without_tone(readings.split(",")[0])
        for code, readings in PINYIN_DICT.items()
        if code in _HAN
    }


def _words(single: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the words whose characters are read otherwise than alone."""
    words = {}
    for word, given in PHRASES_DICT.items():
        if len(word) <= _LONGEST and all(sign in single for sign in word):
            readings = [_without_tone(each[0]) for each in given]
            if readings != [single[sign] for sign in word]:
                words[word] = readings
    return words


def _lines() -> Iterable[str]:
    single = _readings()
    by_reading: dict[str, list[str]] = defaultdict(list)
    for sign, reading in sorted(single.items()):
        by_reading[reading].append(sign)
    for reading, signs in sorted(by_reading.items()):
        yield f"{reading} {''.join(signs)}\n"
    yield "\n"
    for word, readings in sorted(_words(single).items()):
        yield f"{word} {' '.join(readings)}\n"


if __name__ == "__main__":
    target = Path(__file__).parents[2] / "geo_service" / "domain" / "readings.txt"
    target.write_text(_HEAD + "".join(_lines()), encoding="utf-8")
