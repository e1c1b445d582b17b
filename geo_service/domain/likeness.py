"""Stations that may be one and the same, written down twice: near, and alike by name.

What most names share (爱心, 驿站, 工会 …) says nothing and is left out of the comparison. A number
or a direction of the compass tells two names apart however alike they are otherwise: 1号站 is not
2号站, the east gate is not the west gate.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Metres
from geo_service.domain.ecef import ecef, longest_chord
from geo_service.domain.geodesics import geodesics
from geo_service.domain.pinyin import syllables
from geo_service.domain.station import Station, StationId
from geo_service.domain.station_columns import StationColumns

NEAR_M: Final = Metres(100.0)
"""How near stations lie that may be one: as far as a hand-held reading or a pin by eye is off."""

MOST_PAIRS: Final = 10_000
"""More than anybody looks through: who gets so many has another fault to mend first."""

# Of the neighbours of a station so many are looked at, the nearest: else a file that puts all its
# stations at one place would make a pair of every two of them.
_NEIGHBOURS: Final = 32
_STATIONS_AT_ONCE: Final = 10_000

# Of 100. In a short name one letter in four may differ, in a long one one in seven.
_ALIKE: Final = 75.0
_ALIKE_IF_LONG: Final = 85.0
_LONG: Final = 9
# A name that is part of the other must be so much of it.
_PART: Final = 0.5
_FEWEST_SIGNS: Final = 2

_SIGNS: Final = re.compile(r"[\W_]+")
_COMMON: Final = re.compile(
    "户外(?:劳动者|工作者)?|劳动者|环卫(?:工人|工)?|公交司机|总?工会|爱心|暖心|便民|免费|早餐|休息"
    "|服务|驿站|站点|之家|港湾|station|(?:站|点|室)$"
)
_COMPASS: Final = re.compile("[东西南北]")
_NUMBER: Final = re.compile(r"\d+|(?<![a-z])[a-z](?![a-z])")
_DIGITS: Final = "零一二三四五六七八九"
_ONE_BY_ONE: Final = str.maketrans(_DIGITS + "〇两", "0123456789" + "02")
_TENS: Final = re.compile(f"([{_DIGITS[1:]}]?)十([{_DIGITS[1:]}]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two stations that may be one: ``first`` and ``second`` by identifier; ``likeness`` of 100."""

    first: StationId
    second: StationId
    distance_m: Metres
    likeness: float


def alike(first: str, second: str) -> bool:
    """Say whether two names may be of one station."""
    return likeness(first, second) > 0.0


def likeness(first: str, second: str) -> float:
    """Say from 0 to 100 how much two names may be of one station; 0: they are not."""
    one, other = _read(first), _read(second)
    if one.whole == other.whole:
        return 100.0
    if _differ(one.numbers, other.numbers) or _differ(one.compass, other.compass):
        return 0.0
    if not (one.core and other.core):  # one says nothing of its own: all of it is compared
        return _at_least(fuzz.ratio(one.whole, other.whole), _ALIKE_IF_LONG)
    if one.core == other.core or one.sound == other.sound:
        return 100.0
    short, long = sorted((one.core, other.core), key=len)
    if len(short) >= max(_FEWEST_SIGNS, _PART * len(long)) and short in long:
        return max(_ALIKE, float(fuzz.ratio(short, long)))
    most = _ALIKE if len(long) < _LONG else _ALIKE_IF_LONG
    return _at_least(fuzz.ratio(one.core, other.core), most)


def duplicates(
    stations: Sequence[Station],
    *,
    among: Collection[StationId] | None = None,
    within_m: float = NEAR_M,
    most: int = MOST_PAIRS,
) -> list[Duplicate]:
    """Return the pairs that may be one station, the most alike first, then the nearest.

    With ``among``, one of each pair at least is among these. Where more than 32 stations lie
    around one, the nearest 32 are compared with it; after ``most`` pairs no more are looked for.
    """
    columns = StationColumns.of(stations)
    if len(columns) < 2:
        return []
    asked = np.array(
        [number for number, each in enumerate(columns.ids) if among is None or each in among],
        dtype=np.intp,
    )
    found = (
        Duplicate(
            first=columns.ids[one],
            second=columns.ids[other],
            distance_m=Metres(metres),
            likeness=how,
        )
        for one, other, metres in _near_pairs(columns, asked, within_m)
        if (how := likeness(columns.made(one).name, columns.made(other).name))
    )
    return sorted(
        islice(found, most), key=lambda each: (-each.likeness, each.distance_m, each.first)
    )


def _near_pairs(
    columns: StationColumns, asked: NDArray[np.intp], within_m: float
) -> Iterator[tuple[int, int, float]]:
    """Yield each pair once, the smaller number first, with its geodesic."""
    longitudes, latitudes = np.asarray(columns.longitudes), np.asarray(columns.latitudes)
    places = ecef(longitudes, latitudes)
    tree = cKDTree(places)
    reach = longest_chord(within_m)
    most = min(_NEIGHBOURS + 1, len(columns))  # itself comes first, or another at the same place
    seen: set[tuple[int, int]] = set()
    for begin in range(0, len(asked), _STATIONS_AT_ONCE):
        some = asked[begin : begin + _STATIONS_AT_ONCE]
        drawn = tree.query(places[some], k=range(1, most + 1), distance_upper_bound=reach)
        near = np.asarray(drawn[1])
        rows, ranks = np.nonzero(near < len(columns))
        ones, others = some[rows], near[rows, ranks]
        apart = ones != others
        ones, others = ones[apart], others[apart]
        metres = geodesics(longitudes[ones], latitudes[ones], longitudes[others], latitudes[others])
        for one, other, far in zip(ones.tolist(), others.tolist(), metres.tolist(), strict=True):
            pair = (one, other) if one < other else (other, one)
            if far <= within_m and pair not in seen:
                seen.add(pair)
                yield *pair, far


class _Name(NamedTuple):
    """A name as it is compared: all of it, its own part, how that sounds, what tells it apart."""

    whole: str
    core: str
    sound: tuple[str, ...]
    numbers: frozenset[str]
    compass: frozenset[str]


@lru_cache(maxsize=4096)
def _read(name: str) -> _Name:
    plain = unicodedata.normalize("NFKC", name).casefold()
    counted = _TENS.sub(_ten, plain).translate(_ONE_BY_ONE)
    whole = _SIGNS.sub("", counted)
    core = _COMMON.sub("", whole)
    return _Name(
        whole=whole,
        core=core,
        sound=syllables(core),
        numbers=frozenset(each.lstrip("0") or "0" for each in _NUMBER.findall(counted)),
        compass=frozenset(_COMPASS.findall(core)),
    )


def _ten(found: re.Match[str]) -> str:
    tens, ones = (_DIGITS.index(each) if each else None for each in found.groups())
    return str((1 if tens is None else tens) * 10 + (ones or 0))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether each has a mark that the other lacks; one that says less may still be it."""
    return not (one <= other or other <= one)


def _at_least(ratio: float, least: float) -> float:
    return ratio if ratio >= least else 0.0
