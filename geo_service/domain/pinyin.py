"""How Chinese names sound: pinyin without tones, and its initials.

Letters and digits sound as they are written, signs between them do not. ü is written v, as on a
keyboard. The readings stand in readings.txt, each character's commonest, and those of words that
are read otherwise.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_READINGS: Final = Path(__file__).with_name("readings.txt")
# Names that those who live there read otherwise than the dictionary does.
_LOCAL: Final = {"漯河": ("luo", "he"), "召陵": ("shao", "ling"), "长葛": ("chang", "ge")}
_LONGEST_WORD: Final = 3
_RUN: Final = re.compile(r"[^\W_\u4e00-\u9fff]+|[\u4e00-\u9fff]+")


class _Readings(NamedTuple):
    single: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]


def syllables(text: str) -> tuple[str, ...]:
    """Return how a text sounds: a syllable for each character, runs of letters or digits whole."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u4e00" <= run[0] <= "\u9fff":
            found += _read(run)
        else:
            found.append(run)
    return tuple(found)


def pinyin_of(text: str) -> str:
    """Return how a text sounds, with spaces between: 漯河站 3 becomes "luo he zhan 3"."""
    return " ".join(syllables(text))


def initials_of(text: str) -> str:
    """Return the first letter of each syllable, and digits: 漯河站 3 becomes "lhz3"."""
    return "".join(each if each[0].isdigit() else each[0] for each in syllables(text))


def _read(run: str) -> Iterator[str]:
    """Read characters from left to right, the longest word that is known first."""
    single, words = _readings()
    place = 0
    while place < len(run):
        for length in range(min(_LONGEST_WORD, len(run) - place), 1, -1):
            word = words.get(run[place : place + length])
            if word is not None:
                yield from word
                place += length
                break
        else:
            # A rare character without a reading stands for itself.
            yield single.get(run[place], run[place])
            place += 1


@cache
def _readings() -> _Readings:
    lines = [
        line
        for line in _READINGS.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    parted = lines.index("")
    single = {
        sign: reading
        for reading, signs in (line.split(" ") for line in lines[:parted])
        for sign in signs
    }
    words = {word: tuple(rest) for word, *rest in (line.split(" ") for line in lines[parted + 1 :])}
    return _Readings(single, words | _LOCAL)
