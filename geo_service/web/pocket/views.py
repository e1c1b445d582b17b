"""`/pocket/register.json`: the whole register for a phone without signal."""

from typing import Final

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.pocket import MAX_STATIONS, PocketTerms, pocket_register
from geo_service.web.answers import JSON, json_text
from geo_service.web.pocket.kept import KeptBodies, KeptBody

blueprint = Blueprint("pocket", __name__, template_folder="templates")

_KEPT: Final = KeptBodies()


@blueprint.get("/pocket/register.json")
def register() -> Response:
    """Return the register of the day, whole; 304 to a phone that has it."""
    held = _small_enough(runtime.register())
    terms = PocketTerms(
        day=runtime.now().astimezone(held.place.zone).date(),
        walking=runtime.walking(),
        served_area=runtime.served_area(),
    )
    body = _KEPT.of(held, terms, lambda: _written(pocket_register(held, terms)))
    return body.answer(f"{held.revision.number}-{terms.day:%Y%m%d}")


def _small_enough(held: Register) -> Register:
    if len(held.stations) > MAX_STATIONS:
        raise NotFound(
            f"A register of {len(held.stations)} stations does not fit a phone's pocket; "
            "ask /api/v1/stations/nearest instead."
        )
    return held


def _written(document: object) -> KeptBody:
    return KeptBody(json_text(document).encode(), JSON)
