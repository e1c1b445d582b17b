"""`geo-service export coverage`: coverage as a file, as a planner or a cron job wants it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from geo_service.cli import coverage_question
from geo_service.cli.connection import opened
from geo_service.cli.coverage import about_asked
from geo_service.cli.coverage_question import asks_of_coverage, coverage_query
from geo_service.cli.written_files import TooBusyError, in_place_of
from geo_service.domain.register import Register
from geo_service.services.asked import distance_asked, layer_asked
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.exporting import answer_totals, coverage_csv, coverage_features
from geo_service.services.notes import coverage_notes
from geo_service.services.pack.contents import Contents, gather
from geo_service.services.pack.files import PackBusyError, Packer, PackForm
from geo_service.services.pdf import PdfBusyError

_TEXT_FORMS: Final = ("geojson", "csv")


FORMS: Final = (*(each.value for each in PackForm), *_TEXT_FORMS)


@click.command("coverage")
@click.argument("form", type=click.Choice(FORMS))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@asks_of_coverage
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def command(form: str, file: Path, **given: Any) -> None:
    """Write coverage to FILE as a workbook, GIS layers, a report or a picture of the map.

    An older FILE is replaced as a whole, or, if anything goes wrong, left as it was.
    """
    coverage_question.check(given)
    now = datetime.now(UTC)
    with opened() as connection, in_place_of(file, form) as draft:
        register = connection.register()
        query = coverage_query(connection, register, given, now)
        if form in _TEXT_FORMS:
            draft.write_bytes(_text(register, query, form, now))
        else:
            contents = gather(register, query, instant=now, language=given["lang"])
            _pack(contents, PackForm(form), draft)
    click.echo(f"Wrote {file}")


def _pack(contents: Contents, form: PackForm, draft: Path) -> None:
    try:
        Packer().write(contents, form, draft)
    except (PackBusyError, PdfBusyError):
        raise TooBusyError from None


def _text(register: Register, query: CoverageQuery, form: str, now: datetime) -> bytes:
    answer = measure_coverage(register, query)
    about = about_asked(register, query)
    if form == "csv":
        return coverage_csv(answer, about).encode("utf-8-sig")  # else Excel takes it for another
    collection = {
        "type": "FeatureCollection",
        **about,
        "notes": coverage_notes(register, answer, now, "en"),
        "distance": distance_asked(query),
        "demand": layer_asked(query),
        "totals": answer_totals(answer),
        "features": coverage_features(answer.report, answer.demand),
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()
