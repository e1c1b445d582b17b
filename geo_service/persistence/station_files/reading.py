"""A file of stations read by a program of its own, within limits of memory and of time."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    ServiceKind,
    StationId,
)
from geo_service.persistence.station_files.child import OUT_OF_MEMORY
from geo_service.persistence.station_files.drafts import (
    Column,
    FileForm,
    RowDraft,
    Sheet,
    StationTable,
    Watch,
)
from geo_service.persistence.station_files.faults import FileFault, Said
from geo_service.persistence.station_files.rows import twice

_PROGRAM: Final = Path(__file__).with_name("child.py")
_ROOT: Final = Path(__file__).resolve().parents[3]

_MEMORY: Final = 1024**3  # of addresses: libraries map much that they never touch
_PROCESSOR_S: Final = 120
_WALL_S: Final = 600.0  # on a machine that has much else to do
_LARGEST_OUT: Final = 2 * 1024**3
_PIECE: Final = 1 << 20

_TOO_MUCH_MEMORY: Final = Said(
    "读这个文件要用太多内存，已停止；它可能是坏的，或故意做成这样",
    "takes too much memory to read; it is broken, or made so",
)
_TOO_MUCH_TIME: Final = Said(
    "读这个文件用时太长，已停止；它可能是坏的，或故意做成这样",
    "takes too long to read; it is broken, or made so",
)


def read_station_file(
    path: Path,
    *,
    datum: Datum | None,
    sheet: str | None = None,
    name: str | None = None,
    watch: Watch | None = None,
) -> StationTable:
    """Read a CSV, XLSX or GeoJSON file of stations; what it is, its content decides.

    Args:
        path: The file.
        datum: What its degrees are measured against; None: every row says so itself.
        sheet: Which sheet of a workbook; None: every visible one that has a header.
        name: What to call the file in faults, where that is not the name at ``path``.
        watch: Is told how far it is, a few times a second; what it raises ends the reading.

    Returns:
        A table to be closed. What is wrong with the file is in it, not raised.
    """
    name = path.name if name is None else name
    given = {"path": str(path), "name": name, "datum": datum, "sheet": sheet}
    lines = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the table
    try:
        summary = _read(given, watch, lines)
    except BaseException:
        lines.close()
        raise
    return table_of(name, summary, lines)


def table_of(name: str, summary: Mapping[str, Any], lines: IO[bytes]) -> StationTable:
    """Return the table of a file, given what was said of it and the lines of its rows."""
    again = {identifier: (at[0], at[1]) for identifier, at in summary["again"].items()}
    form = summary["form"]
    return StationTable(
        file=name,
        form=None if form is None else FileForm(form),
        rows=LinesOfRows(lines, summary["rows"], again, name),
        faults=tuple(map(FileFault.read, summary["faults"])),
        remarks=tuple(map(FileFault.read, summary["remarks"])),
        sheets=tuple(map(_sheet, summary["sheets"])),
        encoding=summary["encoding"],
        delimiter=summary["delimiter"],
        wrong=summary["wrong"],
        examples=summary["examples"],
        datums={Datum(each): count for each, count in summary["datums"].items()},
    )


class LinesOfRows:
    """The rows of a table, each made anew from its line whenever they are gone through."""

    def __init__(
        self, lines: IO[bytes], count: int, again: Mapping[str, tuple[str | None, int]], file: str
    ) -> None:
        self._lines = lines
        self._count = count
        self._again = again
        self._file = file

    def __len__(self) -> int:
        """Say how many there are."""
        return self._count

    def __iter__(self) -> Iterator[RowDraft]:
        """Go through them; several may do so at once."""
        again = dict(self._again)
        for line in self._written():
            draft = _draft(json.loads(line))
            if again and draft.id in again:
                draft = _also_first(draft, again.pop(draft.id), self._file)
            yield draft

    def close(self) -> None:
        """Let go of the file they lie in."""
        self._lines.close()

    def _written(self) -> Iterator[bytes]:
        file, at, begun = self._lines.fileno(), 0, b""
        # Not by the file's own position, which all who go through would share.
        while piece := os.pread(file, _PIECE, at):
            at += len(piece)
            *whole, begun = (begun + piece).split(b"\n")
            yield from whole


def _read(asked: Mapping[str, Any], watch: Watch | None, lines: IO[bytes]) -> Any:
    given = {
        **asked,
        "out": lines.fileno(),
        "memory": _MEMORY,
        "seconds": _PROCESSOR_S,
        "largest": _LARGEST_OUT,
    }
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own program, and no argument from outside
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=_environment(),
            pass_fds=(lines.fileno(),),
            start_new_session=True,  # what interrupts the service does not interrupt this
        )
        limit = threading.Timer(_WALL_S, process.kill)
        limit.start()
        try:
            summary = _followed(process, json.dumps(given).encode(), watch)
        finally:
            limit.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if summary is not None:
            return summary
        lines.truncate(0)  # half of a file is worse than none
        said.seek(0)
        return _failed(process.returncode, said.read()[-4000:], asked["name"])


def _followed(process: "subprocess.Popen[bytes]", given: bytes, watch: Watch | None) -> Any:
    """Tell the watch what the program says; return its last words, if it came to them."""
    assert process.stdin is not None  # as it was started
    assert process.stdout is not None
    process.stdin.write(given)
    process.stdin.close()
    summary = None
    for line in process.stdout:
        words = json.loads(line)
        if "summary" in words:
            summary = words["summary"]
        elif watch is not None:
            watch(rows=words["rows"], share=words["share"])
    process.wait()
    return summary if process.returncode == 0 else None


def _failed(code: int, said: bytes, name: str) -> Any:
    """Return what is to say of a file that could not be read to its end."""
    if code == OUT_OF_MEMORY or b"memory allocation" in said:
        expected = _TOO_MUCH_MEMORY
    elif code in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ}:
        expected = _TOO_MUCH_TIME
    else:
        _unforeseen(code, said)
    from geo_service.persistence.station_files.reader import Summary  # noqa: PLC0415

    return Summary(faults=[FileFault(file=name, expected=expected)]).as_json()


def _unforeseen(code: int, said: bytes) -> NoReturn:
    text = said.decode(errors="replace")
    raise RuntimeError(f"reading a file of stations ended with exit code {code}: {text}")


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    # Threads would have an arena and a stack of their own each, out of the addresses allowed.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **alone, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}


# -- lines into drafts ---------------------------------------------------------------------


def _groups(codes: list[str] | None) -> frozenset[Group] | None:
    return None if codes is None else frozenset(map(Group, codes))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _reading(written: list[Any]) -> Reading:
    x, y, datum = written
    return Reading(x=x, y=y, datum=Datum(datum))


_READ: Final[Mapping[str, Any]] = {
    "id": lambda written: None if written is None else StationId(written),
    "services": lambda written: frozenset(map(ServiceKind, written)),
    "rest_for": _groups,
    "breakfast_for": _groups,
    "amenities": lambda written: frozenset(map(Amenity, written)),
    "accessibility": Accessibility,
    "reading": _reading,
    "data_status": DataStatus,
    "accuracy_m": lambda written: None if written is None else Metres(written),
    "verified_on": _day,
    "opened_on": _day,
    "closed_on": _day,
    "reported_closed_on": _day,
}


def _draft(line: list[Any]) -> RowDraft:
    sheet, row, values, written, faults, remarks = line
    for name in values.keys() & _READ.keys():
        values[name] = _READ[name](values[name])
    return RowDraft(
        sheet=sheet,
        row=row,
        written=written,
        faults=tuple(map(FileFault.read, faults)),
        remarks=tuple(map(FileFault.read, remarks)),
        **values,
    )


def _also_first(draft: RowDraft, second: tuple[str | None, int], file: str) -> RowDraft:
    sheet, row = second
    fault = FileFault(
        file=file,
        expected=twice(sheet if sheet != draft.sheet else None, row),
        sheet=draft.sheet,
        row=draft.row,
        field="id",
        value=draft.id,
    )
    return replace(draft, faults=(*draft.faults, fault))


def _sheet(written: dict[str, Any]) -> Sheet:
    return Sheet(
        name=written["name"],
        header_row=written["header_row"],
        columns={name: Column(**column) for name, column in written["columns"].items()},
        unknown=tuple(Column(**column) for column in written["unknown"]),
    )
