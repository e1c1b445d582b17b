"""Imports kept and waited for."""

import time
from pathlib import Path
from typing import Any

from geo_service.domain.datum import Datum
from geo_service.domain.register import Overrides
from geo_service.domain.station_import import ImportOptions, StationImport
from geo_service.persistence.database import Database
from geo_service.persistence.imports import Upload
from geo_service.services.import_jobs import Importers
from geo_service.services.imports import keep_file, saved_import

PATIENCE_S = 60.0
HEADER = "编号,名称,服务,经度,纬度,座位数\n"


def importers_at(home: Path, database: Database) -> Importers:
    """What sees to the imports of a machine whose workers meet there."""
    return Importers(database=database, home=home, overrides=Overrides(), served_margin_m=20_000.0)


def keep(database: Database, *lines: str, **options: Any) -> str:
    """Keep a file of these lines under a header."""
    text = HEADER + "".join(f"{line}\n" for line in lines)
    upload = Upload(
        file=text.encode(),
        file_name="站点.csv",
        author="李梅 (li.mei)",
        reason="年度更新",
        options=ImportOptions(**{"datum": Datum.WGS84, "source": "站点.csv"} | options),
    )
    return keep_file(database, upload)


def over(database: Database, import_id: str) -> StationImport:
    """Wait until it does not go on by itself."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := saved_import(database, import_id)).state.is_under_way:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found
