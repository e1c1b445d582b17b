"""Files of stations as people keep them, CSV, XLSX and GeoJSON, read safely and cell by cell."""

from geo_service.persistence.station_files.drafts import (
    NOT_GIVEN,
    Column,
    FileForm,
    Given,
    NotGiven,
    RowDraft,
    Sheet,
    StationTable,
    Watch,
)
from geo_service.persistence.station_files.faults import FileFault, Language, Said
from geo_service.persistence.station_files.headers import HEADERS
from geo_service.persistence.station_files.reading import read_station_file
from geo_service.persistence.station_files.template import template_csv, template_workbook

__all__ = [
    "HEADERS",
    "NOT_GIVEN",
    "Column",
    "FileFault",
    "FileForm",
    "Given",
    "Language",
    "NotGiven",
    "RowDraft",
    "Said",
    "Sheet",
    "StationTable",
    "Watch",
    "read_station_file",
    "template_csv",
    "template_workbook",
]
