"""What a worker brings into memory: not what only maps, exports, paper and writers need."""

import subprocess
import sys

HEAVY = (
    "folium",
    "pandas",
    "geopandas",
    "pyogrio",
    "geoalchemy2",
    "alembic",
    "segno",
    "weasyprint",
    "pypdfium2",
    "xlsxwriter",
    "argon2",
)


def test_a_worker_starts_without_what_only_maps_exports_and_writers_need() -> None:
    program = f"import sys, geo_service.app; print(*sorted({set(HEAVY)} & sys.modules.keys()))"

    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert said.stdout.split() == []
