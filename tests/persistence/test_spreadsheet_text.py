"""Text in CSV cells: no spreadsheet runs it, and it comes back as it was."""

import pytest
from hypothesis import given

from geo_service.persistence.spreadsheet_text import FORMULA_SIGNS, guarded, unguarded
from tests.support.any_stations import texts


@given(texts)
def test_what_was_guarded_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(texts)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_SIGNS)


@pytest.mark.parametrize("text", ["", "'", "'tis", "漯河", "a=b", "''"])
def test_text_that_is_no_formula_is_left_alone(text: str) -> None:
    assert guarded(text) == unguarded(text) == text
