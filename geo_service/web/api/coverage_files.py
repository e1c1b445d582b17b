"""Coverage as a file to take along: a workbook, GIS layers, a report, a picture."""

import tempfile
from pathlib import Path
from typing import Final, cast

from flask import Flask, Response, current_app, send_file
from werkzeug.exceptions import ServiceUnavailable

from geo_service import runtime
from geo_service.services.coverage import CoverageQuery
from geo_service.services.notes import Language
from geo_service.services.pack.contents import gather
from geo_service.services.pack.files import (
    MEDIA_TYPES,
    PackBusyError,
    Packer,
    PackForm,
    file_name,
)
from geo_service.services.pdf import PdfBusyError
from geo_service.web import freshness

FORMS: Final = frozenset(PackForm)

_PACKER: Final = "geo_service.web.api.coverage_files"
_SECONDS_TO_STAY_AWAY: Final = 5
# What a browser shows by itself; the others it saves.
_SHOWN: Final = frozenset({PackForm.PDF, PackForm.PNG})


def register(app: Flask) -> None:
    """Give an app its own packer."""
    app.extensions[_PACKER] = Packer()


def file_answer(query: CoverageQuery, form: PackForm, language: Language) -> Response:
    """Answer a question with a file, sent from the disk as it was written there."""
    contents = gather(
        runtime.register(),
        query,
        instant=runtime.now(),
        language=language,
        cautions=tuple(freshness.notes(language)),
    )
    with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
        path = Path(folder) / f"pack.{form}"
        try:
            cast("Packer", current_app.extensions[_PACKER]).write(contents, form, path)
        except (PackBusyError, PdfBusyError):
            raise ServiceUnavailable(
                "Other files are being made just now.", retry_after=_SECONDS_TO_STAY_AWAY
            ) from None
        size = path.stat().st_size
        opened = path.open("rb")  # stays readable when the folder is gone; closed once it is sent
    answer = send_file(
        opened,
        mimetype=MEDIA_TYPES[form],
        as_attachment=form not in _SHOWN,
        download_name=file_name(contents, form),
    )
    answer.content_length = size
    return answer
