"""Files of stations, read as the service reads them."""

import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from geo_service.domain.datum import Datum
from geo_service.persistence.station_files import (
    FileFault,
    RowDraft,
    StationTable,
    read_station_file,
)
from geo_service.persistence.station_files.reader import Order, Reading
from geo_service.persistence.station_files.reading import table_of

HEADER = "编号,名称,服务,休息对象,经度,纬度"
LINE = "A-1,人民路驿站,休息,所有人,114.05,33.55"


@dataclass(frozen=True)
class Read:
    """A table and its rows, after it is closed."""

    table: StationTable
    rows: list[RowDraft]

    @property
    def only(self) -> RowDraft:
        """Return the only row there is, and no fault of the file."""
        assert not self.table.faults, self.refusal
        [row] = self.rows
        return row

    @property
    def refusal(self) -> str:
        """Return what is wrong with the file as a whole."""
        return "\n".join(map(str, self.table.faults))

    @property
    def fault(self) -> FileFault:
        """Return the only fault of the only row."""
        [fault] = self.only.faults
        return fault


def read(
    tmp_path: Path,
    content: bytes | str,
    *,
    name: str = "stations.csv",
    datum: Datum | None = Datum.WGS84,
    sheet: str | None = None,
) -> Read:
    """Write a file and read it, in this process: starting another takes longer than reading."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    order = Order(path=path, name=name, datum=datum, sheet=sheet)
    lines = tempfile.TemporaryFile()  # noqa: SIM115 - the table closes it
    with io.TextIOWrapper(lines, encoding="utf-8", errors="surrogatepass") as out:
        summary = json.loads(json.dumps(Reading(order, out, lambda _, __: None).read().as_json()))
        out.flush()
        with table_of(name, summary, lines) as table:
            return Read(table, list(table.rows))


def read_apart(tmp_path: Path, content: bytes | str, *, name: str = "stations.csv") -> Read:
    """Write a file and have it read by a program of its own, as the service does."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with read_station_file(path, datum=Datum.WGS84) as table:
        return Read(table, list(table.rows))


def read_cell(tmp_path: Path, header: str, cell: str) -> Read:
    """Read a good row with one cell more."""
    return read(tmp_path, f'{HEADER},{header}\n{LINE},"{cell}"\n')
