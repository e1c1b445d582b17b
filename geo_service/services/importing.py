"""Import a file of stations: first say what it would do to the register, then do it.

A row is of the station whose identifier it names, or, where that is wished for and it names none,
of the one station with the very same name. Every other row is a new station. Stations that no row
is of stay as they are, unless they are to be closed.
"""

import gc
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely

from geo_service.domain.change import field_changes
from geo_service.domain.datum_check import DatumEvidence
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.likeness import duplicates
from geo_service.domain.register import Register
from geo_service.domain.station import Station, StationId
from geo_service.domain.station_import import ImportOptions, MatchBy, RowKind, WhenMissing
from geo_service.domain.station_numbers import next_ids
from geo_service.persistence.station_files.drafts import RowDraft, StationTable
from geo_service.persistence.station_files.faults import FileFault, Said
from geo_service.services.edit import StationEdit, county_of, edited
from geo_service.services.import_plan import Alike, Entry, ImportPlan
from geo_service.services.import_rows import PROVISIONAL, Here, Place, RowFaultsError, Rows

Note = Callable[[int, int], None]

_ROWS_BETWEEN_NOTES: Final = 500
# More than anybody reads: where there are so many they all say the same.
_MOST_REMARKS: Final = 500


def plan_import(
    register: Register,
    table: StationTable,
    options: ImportOptions,
    here: Here,
    note: Note = lambda _done, _all: None,
) -> ImportPlan:
    """Return what a file would do to a register; nothing is written.

    Args:
        register: The register as it is; the plan holds for its revision.
        table: The file as it was read.
        options: What is said of the file beside what stands in it.
        here: What holds at the place, today.
        note: Is told now and then how many rows are done, of how many.
    """
    with _uncollected():
        return _Planning(register, table, options, here).plan(note)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the garbage collector out: it would go through all rows over and over, for nothing."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


class _Planning:
    def __init__(
        self,
        register: Register,
        table: StationTable,
        options: ImportOptions,
        here: Here,
    ) -> None:
        self._register = register
        self._table = table
        self._options = options
        self._here = here
        self._rows = Rows(register, table, options, here)
        self._evidence = DatumEvidence(
            options.datum, lambda code: register.townships_by_code[code].boundary
        )
        self._named = _Named(register) if options.match is MatchBy.NAME else None
        # Which row is of which station: of two rows the second is wrong.
        self._row_of: dict[StationId, int] = {}
        self._remarks: list[FileFault] = list(table.remarks)

    def plan(self, note: Note) -> ImportPlan:
        entries: list[Entry] = []
        unchanged, rows = 0, len(self._table.rows)
        for done, draft in enumerate(self._table.rows):
            if done % _ROWS_BETWEEN_NOTES == 0:
                note(done, rows)
            self._remarks += draft.remarks[: _MOST_REMARKS - len(self._remarks)]
            entry = self._entry(draft)
            if entry.kind is RowKind.UNCHANGED:
                unchanged += 1
            else:
                entries.append(entry)
        note(rows, rows)
        entries = self._with_likeness(self._numbered(self._with_astray(entries)))
        if not self._table.faults:  # else rows may lack that are in the file
            entries += self._missing()
        return ImportPlan(
            revision=self._register.revision.number,
            rows=rows,
            entries=entries,
            unchanged=unchanged,
            datum=self._evidence.check(),
            faults=self._table.faults,
            remarks=tuple(self._remarks),
            table=_understood(self._table),
        )

    # -- one row ---------------------------------------------------------------------------

    def _entry(self, draft: RowDraft) -> Entry:
        place = self._rows.place(draft)
        try:
            before = self._before(draft)
            self._note_evidence(place, before)
            after = self._rows.made(draft, place, before)
            self._refuse_other_counties(draft, before, after)
        except RowFaultsError as error:
            return Entry(
                kind=RowKind.WRONG,
                row=draft.row,
                sheet=draft.sheet,
                station_id=draft.id,
                name=draft.name if isinstance(draft.name, str) else None,
                place=place.at,
                faults=error.faults,
            )
        if before is None:
            return self._shown(draft, RowKind.NEW, after)
        if after == before:
            return Entry(kind=RowKind.UNCHANGED)
        moved = before.coordinate != after.coordinate
        return replace(
            self._shown(draft, RowKind.CHANGED, after),
            changes=field_changes(before, after),
            moved_m=before.coordinate.distance_to(after.coordinate) if moved else None,
        )

    def _shown(self, draft: RowDraft, kind: RowKind, after: Station) -> Entry:
        return Entry(
            kind=kind,
            row=draft.row,
            sheet=draft.sheet,
            station_id=None if after.id == PROVISIONAL else after.id,
            name=after.name,
            place=after.coordinate,
            after=after,
        )

    def _before(self, draft: RowDraft) -> Station | None:
        """Return the station that a row is of; None, if it is a new one."""
        identifier, of = draft.id, "id"
        if identifier is None and self._named is not None and isinstance(draft.name, str):
            identifier, of = self._by_name(draft, draft.name), "name"
        if identifier is None:
            return None
        earlier = self._row_of.setdefault(identifier, draft.row)
        if earlier != draft.row and all(each.field != "id" for each in draft.faults):
            fault = self._rows.fault(
                draft,
                of,
                f"与第 {earlier} 行是同一个站点（{identifier}）",
                f"is the same station as in row {earlier} ({identifier})",
            )
            raise RowFaultsError((*draft.faults, fault))
        number = self._register.stations.number_of(identifier)
        return None if number is None else self._register.stations.made(number)

    def _by_name(self, draft: RowDraft, name: str) -> StationId | None:
        assert self._named is not None
        found = self._named.ids(name)
        if len(found) > 1:
            listed = ", ".join(found)
            fault = self._rows.fault(
                draft,
                "name",
                f"登记册里有 {len(found)} 个站点叫这个名字，请写编号：{listed}",
                f"is the name of {len(found)} stations; write the identifier of one: {listed}",
            )
            raise RowFaultsError((*draft.faults, fault))
        return found[0] if found else None

    def _note_evidence(self, place: Place, before: Station | None) -> None:
        reading = place.reading
        if reading is None or reading.datum is not self._options.datum:
            return  # a row that names a datum of its own says nothing of the others
        if before is not None and reading == before.reading:
            known = None  # copied from the register, it speaks for nothing but itself
        else:
            known = None if before is None else before.coordinate
        self._evidence.add(reading.x, reading.y, known=known, township=place.township)

    def _refuse_other_counties(
        self, draft: RowDraft, before: Station | None, after: Station
    ) -> None:
        if self._options.counties is None or before == after:
            return
        touched = {county_of(self._register, each) for each in (before, after) if each is not None}
        if not touched <= self._options.counties:
            raise RowFaultsError(
                (
                    self._rows.fault(
                        draft,
                        "township_code",
                        "不在您负责的县区，您的账号不能改动",
                        "is not in a county whose stations your account may change",
                    ),
                )
            )

    # -- all of them -----------------------------------------------------------------------

    def _with_astray(self, entries: list[Entry]) -> list[Entry]:
        """Say which stations are put into a township in whose outline they do not lie."""
        in_township: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            if entry.after is not None and entry.after.township_code is not None:
                in_township[entry.after.township_code].append(number)
        for code, numbers in in_township.items():
            boundary = self._register.townships_by_code[code].boundary
            if boundary is None:
                continue
            shapely.prepare(boundary)
            x, y = np.array([_degrees(entries[number]) for number in numbers]).T
            outside = ~shapely.intersects_xy(boundary, x, y)
            for number in np.asarray(numbers)[outside].tolist():
                entries[number] = replace(entries[number], astray=True)
        return entries

    def _numbered(self, entries: list[Entry]) -> list[Entry]:
        """Give the new stations without identifiers the next ones that are free."""
        if all(each.after is None or each.after.id != PROVISIONAL for each in entries):
            return entries
        free = next_ids([*self._register.stations.ids, *self._row_of])
        return [
            _called(each, next(free))
            if each.after is not None and each.after.id == PROVISIONAL
            else each
            for each in entries
        ]

    def _with_likeness(self, entries: list[Entry]) -> list[Entry]:
        """Say of the new stations which others they may be."""
        new = {
            each.after.id: each.after
            for each in entries
            if each.kind is RowKind.NEW and each.after is not None
        }
        if not new:
            return entries
        names = {identifier: station.name for identifier, station in new.items()}
        found: dict[StationId, list[Alike]] = defaultdict(list)
        for pair in duplicates([*self._register.stations, *new.values()], among=new.keys()):
            for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
                if one in new:
                    name = names.get(other) or self._register.station(other).name
                    alike = Alike(station_id=other, name=name, distance_m=pair.distance_m)
                    found[one].append(alike)
        return [
            replace(each, alike=tuple(found[each.station_id]))
            if each.kind is RowKind.NEW and each.station_id in found
            else each
            for each in entries
        ]

    def _missing(self) -> Iterator[Entry]:
        """Yield the stations in being that no row is of."""
        stations = self._register.stations
        in_being = stations.lifetimes.in_being(self._here.today.toordinal())
        for number, identifier in enumerate(stations.ids):
            if not in_being[number] or identifier in self._row_of:
                continue
            station = stations.made(number)
            counties = self._options.counties
            if counties is None or county_of(self._register, station) in counties:
                yield self._missed(station)

    def _missed(self, station: Station) -> Entry:
        entry = Entry(
            kind=RowKind.MISSING,
            station_id=station.id,
            name=station.name,
            place=station.coordinate,
        )
        if self._options.missing is WhenMissing.LEAVE:
            return entry
        closing = StationEdit(closed_on=self._options.closed_on or self._here.today)
        try:
            after = edited(
                self._register, station, closing, area=self._here.area, today=self._here.today
            )
        except InvalidQueryError as error:
            said = Said(f"不能停用：{error}", f"cannot be closed: {error}")
            fault = FileFault(file=self._table.file, expected=said, value=station.id)
            return replace(entry, kind=RowKind.WRONG, faults=(fault,))
        return replace(entry, after=after, changes=field_changes(station, after))


class _Named:
    """The stations of a register by their names."""

    def __init__(self, register: Register) -> None:
        self._ids: dict[str, list[StationId]] = defaultdict(list)
        for station in register.stations:
            self._ids[_plain(station.name)].append(station.id)

    def ids(self, name: str) -> list[StationId]:
        """Return the identifiers of those with a name."""
        return self._ids.get(_plain(name), [])


def _plain(name: str) -> str:
    """Return a name as it is compared: spaces and the width of letters make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _degrees(entry: Entry) -> tuple[float, float]:
    assert entry.place is not None  # it is of a station that is to be written
    return entry.place.longitude, entry.place.latitude


def _called(entry: Entry, identifier: StationId) -> Entry:
    assert entry.after is not None
    return replace(entry, station_id=identifier, after=replace(entry.after, id=identifier))


def _understood(table: StationTable) -> dict[str, Any]:
    """Return how a file was understood."""
    return {
        "form": table.form and table.form.value,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "examples": table.examples,
        "datums": {datum.value: count for datum, count in table.datums.items()},
        "sheets": [
            {
                "name": sheet.name,
                "header_row": sheet.header_row,
                "columns": [
                    {"field": each.field, "header": each.header, "letter": each.letter}
                    for each in sheet.columns.values()
                ],
                "unknown": [
                    {"header": each.header, "letter": each.letter} for each in sheet.unknown
                ],
            }
            for sheet in table.sheets
        ],
    }
