"""Names found by a part of them, by how they sound, by initials, or with a typing error.

All names lie in a few long texts, a line each, that are searched in one go: so hundreds of
thousands of names take the memory of their letters, and some tens of milliseconds.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from geo_service.domain.pinyin import pinyin_of

_LINES_OF_NAMES: Final = 3  # the name, the English name, the identifier
_IDENTIFIER: Final = 2
# So many finds are ranked at most: who typed so little that there are more goes on typing.
_RANKED_AT_MOST: Final = 2_000
_COMPARED_AT_MOST: Final = 3_000
# Of 100: one wrong letter in four or five still resembles, two do not.
_RESEMBLES: Final = 75.0
_FEWEST_LETTERS: Final = 4
_MOST_LETTERS: Final = 40

_NOT_TEXT: Final = re.compile(r"[^\w\s]|_")
_WORD: Final = re.compile(r"[0-9a-z]+|[^\s0-9a-z]+")
_LETTERS: Final = re.compile(r"[0-9a-z]+")
# Behind a letter: the syllable goes on, or the next one begins: after the end of this one, its
# first letter, or zh, ch, sh.
_JOINT: Final = r"(?: |(?<= [a-z0-9])[a-z0-9]+ |(?<= [zcs]h)[a-z]+ )?"


class Likeness(StrEnum):
    """How what was found is like what was asked for, the best first."""

    NAME = "name"
    SOUND = "sound"
    ADDRESS = "address"
    RESEMBLANCE = "resemblance"


class Named(NamedTuple):
    """What can be found; the address is where to look for it, in words."""

    identifier: str
    name: str
    name_en: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Find:
    """The number of what was found, and how it is like what was asked for."""

    number: int
    by: Likeness


class NameIndex:
    """Finds what is numbered 0 to n - 1 by name."""

    def __init__(self, things: Iterable[Named]) -> None:
        names: list[str] = []
        sounds, addresses, address_sounds = [], [], []
        sound_of = lru_cache(maxsize=4096)(_sound)  # many share an address
        for thing in things:
            names += (_folded(thing.name), _folded(thing.name_en or ""), _folded(thing.identifier))
            sounds.append(_sound(thing.name))
            addresses.append(_folded(thing.address))
            address_sounds.append(sound_of(thing.address))
        self._names = _Lines(names)
        self._sounds = _Lines(sounds)
        self._addresses = _Lines(addresses)
        self._address_sounds = _Lines(address_sounds)

    def __len__(self) -> int:
        """Count what can be found."""
        return len(self._sounds)

    def find(self, text: str, limit: int) -> list[Find]:
        """Return the best finds; those that only resemble what was asked for, if there are none."""
        asked = _folded(text)
        if not asked:
            return []
        found = self._like(asked, limit)
        words = sorted(_WORD.findall(asked), key=len, reverse=True)
        if len(words) > 1 and len(found) < limit:
            found = found | {
                number: by for number, by in self._like_all(words, limit) if number not in found
            }
        if not found:
            return self._resembling(asked, limit)
        return [Find(number, by) for number, by in found.items()][:limit]

    def _like(self, asked: str, limit: int) -> dict[int, Likeness]:
        found: dict[int, Likeness] = {}
        for by, number in self._finds(_Asked(asked)):
            found.setdefault(number, by)
            if len(found) >= limit:
                break
        return found

    def _like_all(self, words: list[str], limit: int) -> Iterator[tuple[int, Likeness]]:
        """Return what is like each of several words."""
        drawn, *others = map(_Asked, words)
        seen: set[int] = set()
        ranked = []
        for by, number in self._finds(drawn):
            if number in seen:
                continue
            seen.add(number)
            if all(each := [self._likeness(number, other) for other in others]):
                ranked.append((max(_RANK[like] for like in (by, *each) if like), number))
        ranked.sort()
        for rank, number in ranked[:limit]:
            yield number, _BY_RANK[rank]

    def _finds(self, asked: "_Asked") -> Iterator[tuple[Likeness, int]]:
        """Go through all that is like what was asked for, the best first."""
        for pattern in asked.spelled:
            for line in self._names.found(pattern):
                number, which = divmod(line, _LINES_OF_NAMES)
                # The middle of an identifier says nothing.
                if which != _IDENTIFIER or pattern is not asked.spelled[-1]:
                    yield Likeness.NAME, number
        for pattern in asked.sounding:
            for line in self._sounds.found(pattern):
                yield Likeness.SOUND, line
        for line in self._addresses.found(asked.spelled[-1]):
            yield Likeness.ADDRESS, line
        for pattern in asked.sounding:
            for line in self._address_sounds.found(pattern):
                yield Likeness.ADDRESS, line

    def _likeness(self, number: int, asked: "_Asked") -> Likeness | None:
        """Return how one thing is like what was asked for; None where it is not."""
        first = number * _LINES_OF_NAMES
        if any(map(asked.spelled[-1].search, self._names.lines(first, first + _IDENTIFIER))):
            return Likeness.NAME
        if any(pattern.search(self._sounds.line(number)) for pattern in asked.sounding):
            return Likeness.SOUND
        if asked.spelled[-1].search(self._addresses.line(number)):
            return Likeness.ADDRESS
        if any(pattern.search(self._address_sounds.line(number)) for pattern in asked.sounding):
            return Likeness.ADDRESS
        return None

    def _resembling(self, asked: str, limit: int) -> list[Find]:
        """Return what sounds nearly like what was asked for, or is nearly spelled so."""
        sound = _sound(asked).replace(" ", "")[:_MOST_LETTERS]
        if len(sound) < _FEWEST_LETTERS:
            return []
        scored = []
        for number in self._candidates(sound):
            name = self._sounds.line(number).replace(" ", "").strip()
            english = self._names.line(number * _LINES_OF_NAMES + 1).strip()
            score = max(_resemblance(sound, name), _resemblance(asked, english))
            if score >= _RESEMBLES:
                scored.append((-score, len(name), number))
        scored.sort()
        return [Find(number, Likeness.RESEMBLANCE) for _, _, number in scored[:limit]]

    def _candidates(self, sound: str) -> list[int]:
        """Return those that share the most pairs of letters with a sound; all, if few."""
        if len(self) <= _COMPARED_AT_MOST:
            return list(range(len(self)))
        counts = np.zeros(len(self), np.intp)
        for pair in {first + second for first, second in pairwise(sound)}:
            counts += self._sounds.have(pair)
        least = np.partition(counts, -_COMPARED_AT_MOST)[-_COMPARED_AT_MOST]
        best: list[int] = np.flatnonzero(counts >= max(least, 1)).tolist()
        best.sort(key=lambda number: -counts[number])
        return best[:_COMPARED_AT_MOST]


_RANK: Final = {each: rank for rank, each in enumerate(Likeness)}
_BY_RANK: Final = tuple(Likeness)


class _Asked:
    """What was asked for, as patterns of lines: the sharpest first, the widest last."""

    def __init__(self, asked: str) -> None:
        exactly = re.escape(asked)
        self.spelled = [
            re.compile(pattern) for pattern in (f"\n{exactly}\n", f"\n{exactly}", exactly)
        ]
        self.sounding: list[re.Pattern[str]] = []
        joined = asked.replace(" ", "")
        if _LETTERS.fullmatch(joined):
            letters = joined[:_MOST_LETTERS]
            sound = " " + _JOINT.join(map(re.escape, letters))
        elif len(joined) > 1 and not _LETTERS.search(joined):
            sound = re.escape(_sound(joined)[:-1])  # another character of the same sound
        else:
            return
        self.sounding = [re.compile(f"\n{sound}"), re.compile(sound)]


class _Lines:
    """Lines of text in one piece, each between two ends of line."""

    def __init__(self, lines: list[str]) -> None:
        self._text = "\n" + "\n".join(lines) + "\n"
        ends = np.cumsum([len(line) + 1 for line in lines], dtype=np.uint64)
        self._ends = array("Q", ends.tobytes())  # where the end of each line stands

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._ends)

    def line(self, number: int) -> str:
        """Return a line with the ends of line around it."""
        begin = self._ends[number - 1] if number else 0
        return self._text[begin : self._ends[number] + 1]

    def lines(self, begin: int, end: int) -> Iterator[str]:
        """Return several lines likewise."""
        return map(self.line, range(begin, end))

    def found(self, pattern: re.Pattern[str]) -> list[int]:
        """Return the lines where a pattern is found: early in the line first, short ones first."""
        found: list[tuple[int, int, int]] = []
        search, ends, place = pattern.search, self._ends, 0
        while len(found) < _RANKED_AT_MOST and (hit := search(self._text, place)):
            number = bisect_right(ends, hit.start())
            begin = ends[number - 1] if number else 0
            found.append((hit.start() - begin, ends[number] - begin, number))
            place = ends[number]
        found.sort()
        return [number for _, _, number in found]

    def have(self, pair: str) -> NDArray[np.bool_]:
        """Say of each line whether a pair of letters stands in it."""
        letters = np.frombuffer(self._text.encode("ascii", "replace"), np.uint8)
        first, second = pair.encode("ascii", "replace")
        places = np.flatnonzero((letters[:-1] == first) & (letters[1:] == second))
        having = np.zeros(len(self), np.bool_)
        having[np.searchsorted(np.asarray(self._ends), places, side="right")] = True
        return having


def _folded(text: str) -> str:
    """Return a text as it is compared: without case, width, punctuation and doubled spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_NOT_TEXT.sub("", plain).split())


def _sound(text: str) -> str:
    """Return how a text sounds, each syllable between spaces: every one begins behind a space."""
    return f" {pinyin_of(text)} "


def _resemblance(asked: str, name: str) -> float:
    """Say from 0 to 100 how nearly a part of a name is what was asked for."""
    if not name:
        return 0.0
    whole = fuzz.ratio(asked, name)
    if len(name) < len(asked):  # else a short name would be found in any long text
        return float(whole)
    return float(max(whole, fuzz.partial_ratio(asked, name, score_cutoff=_RESEMBLES)))
