"""Rows of cells made into lines of JSON: what each says, its faults, and what is worth knowing."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from geo_service.domain.datum import Datum
from geo_service.domain.errors import HoursNotUnderstoodError, InvalidOpeningHoursError
from geo_service.persistence.station_files import cells
from geo_service.persistence.station_files.cells import (
    Filled,
    Formula,
    Plain,
    Raw,
    Remark,
    Unreadable,
    as_text,
)
from geo_service.persistence.station_files.drafts import Column
from geo_service.persistence.station_files.faults import FileFault, Said, UnfitError, shown

ParseHours = Callable[[str], str | None]

_LARGEST_ACCURACY: Final = 1_000_000.0
# The signs of an identifier are ASCII, so no station can be called this.
_EXAMPLE: Final = re.compile(r"[(（\[【]?\s*(示例|样例)")
_SAYS_NOTHING: Final = object()
_MOST_MET: Final = 2_000  # of each column
_KINDS: Final = ("rest", "breakfast")


class Line(NamedTuple):
    """One row as it goes from the program that reads to the one that asked."""

    sheet: str | None
    row: int
    values: dict[str, Any]
    written: dict[str, str]
    faults: list[FileFault]
    remarks: list[FileFault]

    def as_json(self) -> list[Any]:
        """Return it as JSON holds it."""
        return [
            *(self.sheet, self.row, self.values, self.written),
            *([each.written() for each in self.faults], [each.written() for each in self.remarks]),
        ]


def _once_given(raw: Plain, remark: Remark) -> Any:
    return cells.text(raw, remark) or _SAYS_NOTHING


def _status(raw: Plain, _: Remark) -> Any:
    return cells.word(raw, "data_status") or _SAYS_NOTHING


def _services(raw: Plain, _: Remark) -> list[str]:
    found = cells.words(raw, "services")
    if not found:
        raise UnfitError(
            "不能为空：休息、早餐，或两者", "must name at least one of rest, breakfast"
        )
    return found


def _day(raw: Plain, remark: Remark) -> str | None:
    found = cells.day(raw, remark)
    return None if found is None else found.isoformat()


def _groups(raw: Plain, _: Remark) -> list[str] | None:
    return cells.groups(raw)


_READERS: Final[Mapping[str, Callable[[Plain, Remark], Any]]] = {
    "id": cells.identifier,
    "name": cells.required,
    "name_en": cells.text,
    "services": _services,
    "rest_hours": cells.hours_words,
    "rest_for": _groups,
    "breakfast_hours": cells.hours_words,
    "breakfast_for": _groups,
    "hours": cells.hours_words,
    "for": _groups,
    "amenities": lambda raw, _: cells.words(raw, "amenities"),
    "address": cells.text,
    "township_code": cells.number_as_text,
    "township": cells.text,
    "county": cells.text,
    "telephone": cells.number_as_text,
    "capacity": cells.whole,
    "accessibility": lambda raw, _: cells.word(raw, "accessibility") or "unknown",
    "longitude": lambda raw, remark: cells.number_in(raw, remark, -180, 180),
    # Beyond 90 it may be the longitude, which is said where both are known.
    "latitude": lambda raw, remark: cells.number_in(raw, remark, -180, 180, like="33.581432"),
    "datum": lambda raw, _: cells.word(raw, "datum"),
    "data_status": _status,
    "source": _once_given,
    "accuracy_m": lambda raw, remark: cells.number_in(raw, remark, 0, _LARGEST_ACCURACY, like="10"),
    "verified_on": _day,
    "opened_on": _day,
    "closed_on": _day,
    "reported_closed_on": _day,
}


class RowParser:
    """Makes lines out of the rows of one file, and remembers what no single row can tell."""

    def __init__(self, file: str, datum: Datum | None, parse_hours: ParseHours) -> None:
        self.file = file
        self.datum = datum
        self.datums: Counter[str] = Counter()
        self.examples = 0
        self.wrong = 0
        self.rows = 0
        self.hidden = 0
        # Where an identifier stood first, and where those of first rows stand again.
        self._stood: dict[str, tuple[str | None, int]] = {}
        self.again: dict[str, tuple[str | None, int]] = {}
        self._wrong: set[tuple[str | None, int]] = set()
        # Most cells of a column say one of a few things, each of which is worked out once.
        self.met: dict[str, dict[Raw, tuple[Any, str]]] = {field: {} for field in _READERS}
        self._parse_hours = lru_cache(maxsize=20_000)(parse_hours)

    def line(self, sheet: str | None, row: int, given: Iterable[tuple[Column, Raw]]) -> Line | None:
        """Return what a row says, or None for an empty one and for an example."""
        reading = _Row(self, sheet, row, given)
        if reading.is_empty():
            return None
        if reading.is_example():
            self.examples += 1
            return None
        line = reading.line()
        self.rows += 1
        if line.faults:
            self.wrong += 1
            self._wrong.add((sheet, row))
        return line

    def broken(self, sheet: str | None, row: int, expected: Said) -> Line:
        """Return a row of which no cell can be told."""
        self.rows += 1
        self.wrong += 1
        fault = FileFault(file=self.file, expected=expected, sheet=sheet, row=row)
        return Line(sheet, row, {}, {}, [fault], [])

    def hours(self, words: str) -> str | None:
        """Return the expression that words say, None for hours not known. Raises UnfitError."""
        try:
            return self._parse_hours(words)
        except HoursNotUnderstoodError as error:
            raise UnfitError(error.in_chinese, error.in_english) from None
        except InvalidOpeningHoursError as error:
            raise UnfitError(f"开放时间不对：{error}", str(error)) from None

    def stands_at(self, identifier: str, sheet: str | None, row: int) -> tuple[str | None, int]:
        """Return where an identifier stood first."""
        first = self._stood.setdefault(identifier, (sheet, row))
        if first != (sheet, row) and identifier not in self.again:
            self.again[identifier] = (sheet, row)
            self.wrong += first not in self._wrong  # nobody could know when it was read
        return first


class _Row:
    """One row while it is read."""

    def __init__(
        self,
        parser: RowParser,
        sheet: str | None,
        row: int,
        given: Iterable[tuple[Column, Raw]],
    ) -> None:
        self.parser, self.sheet, self.row = parser, sheet, row
        self.columns: dict[str, Column] = {}
        self.raw: dict[str, Raw] = {}
        for column, raw in given:
            self.columns[column.field] = column
            self.raw[column.field] = raw
        self.values: dict[str, Any] = {}
        self.written: dict[str, str] = {}
        self.faults: list[FileFault] = []
        self.remarks: list[FileFault] = []

    def is_empty(self) -> bool:
        return all(
            each is None
            or isinstance(each, Filled)
            or (isinstance(each, str) and not as_text(each))
            for each in self.raw.values()
        )

    def is_example(self) -> bool:
        raw = self.raw.get("id")
        return isinstance(raw, str) and _EXAMPLE.match(raw.lstrip()) is not None

    def line(self) -> Line:
        for field, raw in self.raw.items():
            self._read(field, raw)
        self._fold_hours()
        self._fold_groups()
        self._position()
        self._check_identifier()
        self._check_days()
        return Line(self.sheet, self.row, self.values, self.written, self.faults, self.remarks)

    def fault(self, field: str, expected: Said) -> None:
        self.faults.append(self._at(field, expected))

    def _remark(self, field: str, said: Said) -> None:
        self.remarks.append(self._at(field, said))

    def _at(self, field: str, expected: Said) -> FileFault:
        column = self.columns.get(field)
        return FileFault(
            file=self.parser.file,
            expected=expected,
            sheet=self.sheet,
            row=self.row,
            column=None if column is None else column.letter,
            header=None if column is None else column.header,
            field=field,
            value=shown(self.written.get(field, "")),
        )

    def _read(self, field: str, raw: Raw) -> None:
        met = self.parser.met[field]
        if (known := met.get(raw)) is not None:
            value, shows = known
        else:
            noted = len(self.remarks)
            try:
                value, shows = self._value(field, raw)
            except UnfitError as error:
                self.fault(field, error.said)
                return
            if (
                len(met) < _MOST_MET
                and (raw is None or type(raw) is str)
                and len(self.remarks) == noted
            ):
                met[raw] = value, shows
        if shows:
            self.written[field] = shows
        if value is not _SAYS_NOTHING:
            self.values[field] = value

    def _value(self, field: str, raw: Raw) -> tuple[Any, str]:
        plain = self._plain(field, raw) if isinstance(raw, tuple) else raw
        shows = as_text(plain)
        if shows:
            self.written[field] = shows  # a fault shows it
        value = _READERS[field](plain, lambda said: self._remark(field, said))
        if value is not None and field in _HOURS:
            value = self.parser.hours(value)
        return value, shows

    def _plain(self, field: str, raw: Raw) -> Plain:
        if isinstance(raw, Unreadable):
            self.written[field] = raw.shows
            raise UnfitError(raw.expected.zh, raw.expected.en)
        if isinstance(raw, Filled):
            self._remark(
                field,
                Said(
                    "在合并单元格里，取第一格的内容", "is merged: what its first cell says counts"
                ),
            )
            return raw.value
        if isinstance(raw, Formula):
            self.written[field] = as_text(raw.value)
            self._remark(
                field,
                Said(
                    "是公式，取文件保存时的结果",
                    "is a formula: the value it had when the file was saved counts",
                ),
            )
            return raw.value
        return raw

    def _fold_hours(self) -> None:
        """Give hours that name no service to the one service of the row."""
        if "hours" not in self.values:
            return
        hours = self.values.pop("hours")
        if hours is None and "services" not in self.values:
            return
        kinds = self._kinds("hours")
        if len(kinds) > 1 and hours is not None:
            self.fault(
                "hours",
                Said(
                    "本站休息、早餐都有，请分“休息时间”“早餐时间”两列写",
                    "is for which service? Write it under rest_hours and breakfast_hours",
                ),
            )
            return
        for kind in kinds:
            self.values.setdefault(f"{kind}_hours", hours)

    def _fold_groups(self) -> None:
        """Give groups that name no service to every service of the row."""
        if "for" not in self.values:
            return
        groups = self.values.pop("for")
        if groups is None and "services" not in self.values:
            return
        for kind in self._kinds("for"):
            self.values.setdefault(f"{kind}_for", groups)

    def _kinds(self, field: str) -> list[str]:
        if "services" not in self.values:
            if "services" not in self.raw:  # else its own fault says enough
                self.fault(
                    field,
                    Said(
                        "不知道是哪项服务的：请加“服务”一列，或把列名写成休息…、早餐…",
                        "is for which service? Add a column services, or name it in the header",
                    ),
                )
            return []
        return [kind for kind in self.values["services"] if kind in _KINDS]

    def _position(self) -> None:
        x, y = self.values.pop("longitude", None), self.values.pop("latitude", None)
        own = self.values.pop("datum", None)
        if "longitude" not in self.raw or "latitude" not in self.raw:
            return
        if any(each.field in {"longitude", "latitude", "datum"} for each in self.faults):
            return
        for field, value in (("longitude", x), ("latitude", y)):
            if value is None:
                self.fault(field, Said("不能为空", "must not be empty"))
        if x is None or y is None:
            return
        if abs(y) > 90.0:
            self.fault("latitude", _latitude_beyond(x))
            return
        if x == 0.0 == y:
            said = Said("经纬度都是 0，不是位置", "is 0 beside 0, which is no position")
            self.fault("longitude", said)
            return
        datum = own or (None if self.parser.datum is None else self.parser.datum.value)
        if datum is None:
            said = Said("没有写明坐标系", "the datum is neither declared nor given here")
            self.fault("datum", said)
            return
        self.parser.datums[datum] += 1
        self.values["reading"] = [x, y, datum]

    def _check_identifier(self) -> None:
        identifier = self.values.get("id")
        if identifier is None:
            return
        sheet, row = self.parser.stands_at(identifier, self.sheet, self.row)
        if (sheet, row) != (self.sheet, self.row):
            self.fault("id", twice(sheet if sheet != self.sheet else None, row))

    def _check_days(self) -> None:
        opened, closed = self.values.get("opened_on"), self.values.get("closed_on")
        if opened is not None and closed is not None and closed <= opened:
            self.fault(
                "closed_on",
                Said(
                    "不晚于启用日期；停用日期是不再开放的第一天",
                    "is not after opened_on: it is the first day without the station",
                ),
            )


_HOURS: Final = frozenset({"hours", "rest_hours", "breakfast_hours"})


def twice(sheet: str | None, row: int) -> Said:
    """Say that an identifier stands in another row, too."""
    zh = f"第 {row} 行" if sheet is None else f"工作表“{sheet}”第 {row} 行"
    en = f"row {row}" if sheet is None else f"sheet “{sheet}”, row {row}"
    return Said(f"编号重复：{zh}也是这个编号", f"is given twice: also in {en}")


def _latitude_beyond(longitude: float) -> Said:
    swapped = abs(longitude) <= 90.0
    return Said(
        "超出范围：应在 -90 到 90 之间" + ("；经度、纬度是不是写反了？" if swapped else ""),
        "is out of range: -90 to 90" + ("; are longitude and latitude swapped?" if swapped else ""),
    )
