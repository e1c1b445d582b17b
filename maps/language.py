"""The words on the maps, in Chinese and in English."""

from collections.abc import Mapping
from typing import Literal

from maps import words_en, words_zh

Language = Literal["zh", "en"]

# What <html lang> says; Chinese names its script, so that a browser picks the right glyphs.
TAGS: Mapping[str, Language] = {"zh-Hans": "zh", "zh": "zh", "en": "en"}

WORDS: Mapping[Language, Mapping[str, str]] = {"zh": words_zh.WORDS, "en": words_en.WORDS}


def language_of(tag: str) -> Language:
    """Return the language that a tag such as ``zh-Hans`` asks for; ValueError if unknown."""
    if tag not in TAGS:
        raise ValueError(f"{tag!r} is not one of {', '.join(TAGS)}")
    return TAGS[tag]


def tag_of(language: Language) -> str:
    """Return the tag to put into ``<html lang>``."""
    return next(tag for tag, each in TAGS.items() if each == language)


def words_for(page: str, language: Language) -> dict[str, str]:
    """Return the words that the scripts of one page need: the shared ones and its own."""
    return {
        key: word
        for key, word in WORDS[language].items()
        if "." not in key or key.startswith(f"{page}.")
    }
