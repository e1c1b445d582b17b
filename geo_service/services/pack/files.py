"""The files that a pack can be taken along as."""

from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Final

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.services.pack.contents import Contents
from geo_service.services.pdf import PdfPress

_PATIENCE_S: Final = 10.0
_REPORT_S: Final = 60.0  # takes 2 s of a processor, of which there may be a tenth
_DOTS_PER_INCH: Final = 150
_MOST_UNITS_ON_PAPER: Final = 3000


class PackForm(StrEnum):
    """What a pack may be written as."""

    XLSX = "xlsx"
    GPKG = "gpkg"
    PDF = "pdf"
    PNG = "png"


MEDIA_TYPES: Final = {
    PackForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PackForm.GPKG: "application/geopackage+sqlite3",
    PackForm.PDF: "application/pdf",
    PackForm.PNG: "image/png",
}


class PackBusyError(Exception):
    """Others are having files made, and this one cannot wait for all of them."""


class Packer:
    """Writes one pack at a time: each takes memory, and GDAL has settings of the whole process."""

    def __init__(self, press: PdfPress | None = None) -> None:
        self._press = press or PdfPress(seconds=_REPORT_S)
        self._turn = Lock()

    def write(self, contents: Contents, form: PackForm, path: Path) -> None:
        """Write a pack to a file; an older one is replaced.

        Raises:
            InvalidQueryError: it is more than a sheet of paper can show.
            PdfUnavailableError: this machine lacks a library or a font for PDF and PNG.
            PackBusyError, PdfBusyError: others came before.
        """
        if form in {PackForm.PDF, PackForm.PNG}:
            path.write_bytes(self._printed(contents, form))
            return
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise PackBusyError
        try:
            if form is PackForm.XLSX:
                from geo_service.services.pack.workbook import (  # noqa: PLC0415 - on demand
                    write_workbook,
                )

                write_workbook(contents, path)
            else:
                from geo_service.services.pack.geopackage import (  # noqa: PLC0415 - on demand
                    write_geopackage,
                )

                write_geopackage(contents, path)
        finally:
            self._turn.release()

    def _printed(self, contents: Contents, form: PackForm) -> bytes:
        from geo_service.services.pack.pages import briefing, picture  # noqa: PLC0415 - on demand

        units = len(contents.answer.report.units)
        if units > _MOST_UNITS_ON_PAPER:
            reason = (
                f"{units:,} units are more than the {_MOST_UNITS_ON_PAPER:,} that fit on paper; "
                "ask for county or city, or for xlsx or gpkg"
            )
            raise InvalidQueryError(ParameterFault("level", reason))
        if form is PackForm.PDF:
            return self._press.pdf_of(briefing(contents))
        return self._press.picture_of(picture(contents), dots_per_inch=_DOTS_PER_INCH)


def file_name(contents: Contents, ending: str) -> str:
    """Name a file so that two of different questions do not replace each other."""
    radius = f"{contents.answer.report.radius_m:g}"
    return (
        f"coverage-{contents.level}-{radius}m-r{contents.register.revision.number}"
        f"-{contents.made_at:%Y%m%d}.{ending}"
    )
