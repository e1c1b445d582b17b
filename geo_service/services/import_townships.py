"""Which township a row means: by its code, by its name, or by where the place lies."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.township import Township
from geo_service.services.edit import township_at

_SUGGESTED: Final = 3


class UnknownTownshipError(Exception):
    """No township, or more than one, is called so; says what is expected, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


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
        self._register = register
        self._meant: dict[str, list[str]] = {}

    def meant(self, text: str, county: str | None, at: Coordinate | None) -> str:
        """Return the code of the township that is meant, or raise UnknownTownshipError.

        Of several of one name, the one of the county that is named, or that the place lies in.
        """
        if text in self._by_code:
            return text
        if county is not None and len(self._codes(county + text)) == 1:
            return self._codes(county + text)[0]
        codes = self._codes(text)
        if len(codes) == 1:
            return codes[0]
        if not codes:
            raise self._unknown(text)
        around = None if at is None else township_at(self._register, at)
        if around is not None and around in codes:
            return around
        listed = ", ".join(codes)
        raise UnknownTownshipError(
            f"有 {len(codes)} 个乡镇（街道）叫这个名字，请写代码：{listed}",
            f"names {len(codes)} townships; write the code of the one meant: {listed}",
        )

    def _codes(self, text: str) -> list[str]:
        codes = self._meant.get(text)
        if codes is None:
            codes = self._meant[text] = self._by_name.get(_plain(text), [])
        return codes

    def _unknown(self, text: str) -> UnknownTownshipError:
        near = get_close_matches(_plain(text), self._by_name, n=_SUGGESTED)
        names = [*dict.fromkeys(self._by_code[self._by_name[name][0]].name for name in near)]
        zh, en = "应为登记册里乡镇（街道）的名称或代码", "must be the name or code of a township"
        if names:
            zh += f"；是不是{'、'.join(names)}？"
            en += f"; is {' or '.join(names)} meant?"
        return UnknownTownshipError(zh, en)


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
