"""Which township a row means: by its code, by its name, or by where the place lies."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

import shapely

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.township import Township

_SUGGESTED: Final = 3


class UnknownTownshipError(ValueError):
    """No township, or more than one, is called so; the text says what is expected."""


class Townships:
    """The townships of a register, to be found by what people write."""

    def __init__(self, register: Register) -> None:
        self._by_code = register.townships_by_code
        counties = {each.code: each.name for each in register.counties}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for each in register.townships:
            for name in _names(each, counties):
                if each.code not in self._by_name[name]:
                    self._by_name[name].append(each.code)
        outlined = [each for each in register.townships if each.boundary is not None]
        self._codes = [each.code for each in outlined]
        self._tree = shapely.STRtree([each.boundary for each in outlined])
        self._without_outline = self._by_code.keys() - set(self._codes)
        self._meant: dict[str, list[str]] = {}

    def __getitem__(self, code: str) -> Township:
        """Return a township by its code."""
        return self._by_code[code]

    def meant(self, text: str, at: Coordinate | None) -> str:
        """Return the code of the township that is meant, or raise UnknownTownshipError.

        Of several of one name, the one that the place lies in.
        """
        if text in self._by_code:
            return text
        codes = self._meant.get(text)
        if codes is None:
            codes = self._meant[text] = self._by_name.get(_plain(text), [])
        if len(codes) == 1:
            return codes[0]
        if not codes:
            raise UnknownTownshipError(self._expected(text))
        inside = set(codes).intersection(() if at is None else self._codes_around(at))
        if len(inside) == 1:
            return inside.pop()
        raise UnknownTownshipError(
            f"names {len(codes)} townships ({', '.join(codes)}); write the code of the one meant"
        )

    def around(self, at: Coordinate, *, recorded: str | None = None) -> str | None:
        """Return the code of the township around a place; on a shared border, the first by code.

        What lies in none stays in the one it is recorded in, if nobody knows that one's border.
        """
        if codes := self._codes_around(at):
            return min(codes)
        return recorded if recorded in self._without_outline else None

    def _codes_around(self, at: Coordinate) -> list[str]:
        found = self._tree.query(shapely.Point(at.longitude, at.latitude), predicate="intersects")
        return [self._codes[int(number)] for number in found]

    def _expected(self, text: str) -> str:
        near = get_close_matches(_plain(text), self._by_name, n=_SUGGESTED)
        names = dict.fromkeys(self._by_code[self._by_name[name][0]].name for name in near)
        meant = f"; is {' or '.join(names)} meant?" if names else ""
        return f"must be the name or the code of a township of the register{meant}"


def _names(township: Township, counties: Mapping[str, str]) -> list[str]:
    """Return what a township may be called: its name, with its county's before it, in English."""
    names = [township.name]
    if county := counties.get(township.county_code or ""):
        names.append(county + township.name)
    if township.name_en is not None:
        names.append(township.name_en)
    return [_plain(name) for name in names]


def _plain(text: str) -> str:
    """Return a name as it is compared: no spaces, no full-width letters, no capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
