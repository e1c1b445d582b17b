"""Identifiers for new stations go on where the register's own end."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.station_numbers import next_ids


def first(taken: list[str], count: int = 1) -> list[str]:
    return list(islice(next_ids(taken), count))


def test_numbers_go_on_from_the_highest() -> None:
    assert first(["LH-001", "LH-203", "LH-007"], 2) == ["LH-204", "LH-205"]


def test_the_commonest_beginning_is_taken() -> None:
    assert first(["X-900", "LH-01", "LH-02"]) == ["LH-03"]


def test_a_number_that_outgrows_its_digits_gets_one_more() -> None:
    assert first(["A9"]) == ["A10"]


def test_a_register_without_numbers_gets_a_beginning() -> None:
    assert first(["east-gate"]) == ["S-0001"]
    assert first([]) == ["S-0001"]


@given(st.lists(st.text("AB-0129", min_size=1, max_size=6)))
def test_none_is_taken_and_none_comes_twice(taken: list[str]) -> None:
    made = first(taken, 20)

    assert len(set(made)) == 20
    assert not set(made) & set(taken)
