"""Which language a page is in: the one asked for, else the browser's, else Chinese."""

from typing import Annotated, Final, Literal

from flask import request
from pydantic import Field

from geo_service.web.params import Parameters

Language = Literal["zh", "en"]

_TAGS: Final[dict[str, Language]] = {"zh": "zh", "zh-CN": "zh", "zh-Hans": "zh", "en": "en"}
LANGUAGES: Final[dict[str, Language]] = {"zh": "zh", "en": "en"}


class LanguageParameters(Parameters):
    """The language of a page."""

    lang: Annotated[
        Language | None, Field(description="zh or en; without it, as the browser prefers.")
    ] = None


def language_asked(lang: Language | None) -> Language:
    """Return the language of the page to be made."""
    if lang is not None:
        return lang
    return _TAGS[request.accept_languages.best_match(list(_TAGS), default="zh") or "zh"]


def other_language(language: Language) -> Language:
    """Return the language that the switch leads to."""
    return "en" if language == "zh" else "zh"
