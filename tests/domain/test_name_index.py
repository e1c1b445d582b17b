"""Names are found by parts, by sound, by initials and in spite of typing errors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.name_index import Likeness, Named, NameIndex

NAMES = (
    *("爱建站", "爱心驿站", "沙北爱心驿站", "漯河市环卫中心驿站", "银行路服务站", "召陵镇工会驿站"),
    *("A1 公交早餐点", "西安街驿站", "先锋路驿站"),
)
INDEX = NameIndex(
    Named(f"LH-{number:03}", name, f"Site {number:03}", "郾城区孟庙镇" if number == 2 else "召陵区")
    for number, name in enumerate(NAMES)
)


def _found(text: str, limit: int = 10) -> list[str]:
    return [NAMES[each.number] for each in INDEX.find(text, limit)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("爱心驿站", "爱心驿站"),  # the whole name comes before a part of another
        ("心驿", "爱心驿站"),
        ("ajz", "爱建站"),
        ("AJZ", "爱建站"),
        ("aijianzhan", "爱建站"),
        ("ai jian zhan", "爱建站"),
        ("aijz", "爱建站"),
        ("sbaxyz", "沙北爱心驿站"),
        ("luohe", "漯河市环卫中心驿站"),
        ("lhshw", "漯河市环卫中心驿站"),
        ("yinhanglu", "银行路服务站"),
        ("shaoling", "召陵镇工会驿站"),
        ("ａ１", "A1 公交早餐点"),
        ("gjzcd", "A1 公交早餐点"),
        ("Site 003", "漯河市环卫中心驿站"),
        ("lh-004", "银行路服务站"),
        ("孟庙", "沙北爱心驿站"),
        ("mengmiao", "沙北爱心驿站"),
        ("环卫 漯河", "漯河市环卫中心驿站"),
        ("沙北yz", "沙北爱心驿站"),
        ("爱心译站", "爱心驿站"),  # another character of the same sound
        ("aixinyizahn", "爱心驿站"),
        ("gongjiaozhaocandian", "A1 公交早餐点"),
        ("Siet 003", "漯河市环卫中心驿站"),
    ],
)
def test_the_first_find_is_the_one_that_was_meant(asked: str, first: str) -> None:
    assert _found(asked)[0] == first


def test_letters_are_not_found_across_the_middle_of_syllables() -> None:
    assert {each.by for each in INDEX.find("ianzhan", 10)} == {Likeness.RESEMBLANCE}


def test_one_spelling_may_be_one_syllable_or_two() -> None:
    assert set(_found("xian")[:2]) == {"西安街驿站", "先锋路驿站"}


def test_a_find_says_how_it_was_found() -> None:
    ways = {text: INDEX.find(text, 1)[0].by for text in ("爱建", "ajz", "孟庙", "aixinyizahn")}

    assert list(ways.values()) == list(Likeness)


def test_what_only_resembles_is_left_out_where_something_matches() -> None:
    assert _found("aixinyizhan") == ["爱心驿站", "沙北爱心驿站"]


def test_no_more_are_found_than_asked_for() -> None:
    assert len(_found("驿站", limit=2)) == 2


@pytest.mark.parametrize("asked", ["", "   ", "%", ".*", "()", "qqqq", "\n", "不存在"])
def test_what_nothing_is_called_finds_nothing(asked: str) -> None:
    assert _found(asked) == []


def test_an_empty_index_finds_nothing() -> None:
    assert NameIndex(()).find("站", 5) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(begin + 1, len(name)))

    assert name[begin:end].isspace() or name in _found(name[begin:end])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text_may_be_asked_for(asked: str) -> None:
    assert len(INDEX.find(asked, 3)) <= 3


def test_among_very_many_a_name_with_a_typing_error_is_found() -> None:
    names = [f"{first}{second}路{third}号站" for first in "东西南北" for second in "人民解放建设"
             for third in range(200)]  # fmt: skip
    index = NameIndex(Named(str(number), name, None, "") for number, name in enumerate(names))

    found = index.find("donrenluu7haozhan", 3)

    assert "东人路7号站" in [names[each.number] for each in found]
