"""What every page of words shows around its content."""

from typing import Any

from flask import request, url_for

from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.web.language import Language, other_language
from geo_service.web.words import WORDS


def page_context(register: Register, language: Language) -> dict[str, Any]:
    """Return what base.html.j2 needs: words, place, ribbon, language switch, imprint."""
    words = WORDS[language]
    revision = register.revision
    status = next(
        (each for each in reversed(DataStatus) if each in register.data_status), DataStatus.OFFICIAL
    )
    place = register.place
    asked = {name: value for name, value in request.args.items(multi=True) if name != "lang"}
    endpoint = request.endpoint or "start.index"
    return {
        "language": language,
        "words": words,
        "place": place.name if language == "zh" else place.name_en or place.name,
        "demonstration": DataStatus.DEMONSTRATION in register.data_status,
        "switch": url_for(endpoint, lang=other_language(language), **asked),
        "imprint": words["imprint"].format(
            revision=revision.number,
            when=f"{revision.committed_at.astimezone(place.zone):%Y-%m-%d %H:%M}",
            status=words[f"status_{status}"],
        ),
    }
