"""Identifiers for stations that have none yet: the next ones in the register's own style."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from geo_service.domain.station import StationId

_NUMBERED: Final = re.compile(r"(?P<stem>.*?)(?P<number>[0-9]{1,15})", re.ASCII | re.DOTALL)
_FIRST_STEM: Final = "S-"
_FIRST_WIDTH: Final = 4


def next_ids(taken: Iterable[str]) -> Iterator[StationId]:
    """Return, one after the other, identifiers that no station has.

    They go on from the highest number of the commonest beginning: after LH-001 … LH-203 comes
    LH-204. Digits are filled up as they are there; a register without numbers begins S-0001.
    """
    known = set(taken)
    numbered = [found for each in known if (found := _NUMBERED.fullmatch(each)) is not None]
    stems = Counter(found["stem"] for found in numbered)
    # Of two that are equally common the first by name: the same register gives the same answer.
    stem = min(stems, key=lambda each: (-stems[each], each), default=_FIRST_STEM)
    of_stem = [found["number"] for found in numbered if found["stem"] == stem]
    number = max(map(int, of_stem), default=0)
    width = max(map(len, of_stem), default=_FIRST_WIDTH)
    while True:
        number += 1
        made = StationId(f"{stem}{number:0{width}d}")
        if made not in known:
            yield made
