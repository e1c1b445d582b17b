"""What every page of words shows around its content."""

from typing import Any

from flask import request, url_for

from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.web import freshness
from geo_service.web.language import Language, other_language
from geo_service.web.links import asked_again
from geo_service.web.words import WORDS


def page_context(register: Register, language: Language) -> dict[str, Any]:
    """Return what base.html needs: words, place, ribbon, language switch, imprint."""
    words = WORDS[language]
    revision, place = register.revision, register.place
    status = next(
        (each for each in reversed(DataStatus) if each in register.data_status), DataStatus.OFFICIAL
    )
    return bare_context(language) | {
        "place": place.name if language == "zh" else place.name_en or place.name,
        "demonstration": DataStatus.DEMONSTRATION in register.data_status,
        "stale": freshness.notes(language),
        "imprint": words["imprint"].format(
            revision=revision.number,
            when=f"{revision.committed_at.astimezone(place.zone):%Y-%m-%d %H:%M}",
            status=words[f"status_{status}"],
        ),
    }


def bare_context(language: Language) -> dict[str, Any]:
    """Return what base.html needs where no register can be had."""
    return {
        "language": language,
        "words": WORDS[language],
        "place": WORDS[language]["title"],
        "demonstration": False,
        "switch": _in_other_language(language),
        "stale": [],
        "imprint": "",
    }


def _in_other_language(language: Language) -> str:
    """Return where this page is in the other language; the start page, if this was no page."""
    rule, asked = request.url_rule, asked_again(lang=other_language(language))
    if rule is None or "GET" not in (rule.methods or set()):
        return url_for("worker.index", **asked)
    return url_for(rule.endpoint, **(request.view_args or {}), **asked)
