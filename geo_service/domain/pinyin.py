"""How Chinese names sound: pinyin without tones, and its initials.

Letters and digits sound as they are written, signs between them do not. ü is written v, as on a
keyboard. The readings stand in readings.txt: each character's commonest, and those of words, and of
names where they are, that are read otherwise.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_READINGS: Final = Path(__file__).with_name("readings.txt")
_LONGEST_WORD: Final = 3
_RUN: Final = re.compile(r"[^\W_\u4e00-\u9fff]+|[\u4e00-\u9fff]+")


class _Readings(NamedTuple):
    single: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    pairs: frozenset[str]


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
    """Return how a text sounds, with spaces between: 长江站 3 becomes "chang jiang zhan 3"."""
    return " ".join(syllables(text))


def initials_of(text: str) -> str:
    """Return the first letter of each syllable, and digits: 长江站 3 becomes "cjz3"."""
    return "".join(each if each[0].isdigit() else each[0] for each in syllables(text))


def _read(run: str) -> list[str]:
    """Read characters from left to right, the longest word that is known first."""
    single, words, pairs = _readings()
    found: list[str] = []
    place, end = 0, len(run)
    while place < end:
        # Nearly no character begins a word that is read otherwise, so one look is all it takes.
        if run[place : place + 2] in pairs:
            for length in range(min(_LONGEST_WORD, end - place), 1, -1):
                word = words.get(run[place : place + length])
                if word is not None:
                    found += word
                    place += length
                    break
            else:
                found.append(single.get(run[place], run[place]))
                place += 1
            continue
        # A rare character without a reading stands for itself.
        found.append(single.get(run[place], run[place]))
        place += 1
    return found


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
    return _Readings(single, words, frozenset(word[:2] for word in words))
