"""The words."""

from string import Formatter

import pytest

from maps import words_en, words_zh
from maps.language import language_of, tag_of, words_for


def test_both_languages_have_the_same_words() -> None:
    assert words_zh.WORDS.keys() == words_en.WORDS.keys()


def test_no_word_is_empty() -> None:
    assert all(words_zh.WORDS.values())
    assert all(words_en.WORDS.values())


@pytest.mark.parametrize("key", words_zh.WORDS)
def test_a_sentence_has_the_same_places_in_both_languages(key: str) -> None:
    def places(sentence: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    assert places(words_zh.WORDS[key]) == places(words_en.WORDS[key])


def test_a_page_gets_the_shared_words_and_its_own_but_not_anothers() -> None:
    words = words_for("stations", "en")

    assert {"close", "stations.address"} <= words.keys()
    assert not any(key.startswith("coverage.") for key in words)


@pytest.mark.parametrize(("tag", "language"), [("zh-Hans", "zh"), ("en", "en")])
def test_a_tag_and_its_language_belong_together(tag: str, language: str) -> None:
    assert language_of(tag) == language
    assert tag_of(language_of(tag)) == tag


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is not one of"):
        language_of("fr")
