"""What the guide says of hours in words is so."""

import re

import pytest

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_words import parse_hours
from tests.docs.markdown import section


def _rows(heading: str) -> list[tuple[str, str]]:
    text = section("docs/register-hours.md", heading)
    return re.findall(r"^\| `([^|]+)` \| (.+) \|$", text, re.MULTILINE)


@pytest.mark.parametrize(("words", "kept"), _rows("What is understood"))
def test_words_of_the_guide_are_understood_as_it_says(words: str, kept: str) -> None:
    expression = parse_hours(words)

    assert (f"`{expression}`" if expression else "nothing: nobody knows") == kept


@pytest.mark.parametrize("words", [words for words, _ in _rows("What is refused")])
def test_words_that_the_guide_says_are_refused_are(words: str) -> None:
    with pytest.raises(HoursNotUnderstoodError):
        parse_hours(words)
