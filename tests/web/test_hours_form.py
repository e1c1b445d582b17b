"""The form of opening hours: what its fields say, exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geo_service.web.register_hours.form import (
    DAYS,
    HoursForm,
    HoursRow,
    Mode,
    RowKind,
    without_hours,
)
from tests.domain.hours_cases import expressions, openness

times = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")


@st.composite
def form_rows(draw: st.DrawFn) -> tuple[HoursRow, ...]:
    """Rows as a form that was taken from an expression has them."""
    kinds = draw(st.lists(st.integers(0, 3), min_size=8, max_size=8))
    rows, bodies = [], set()
    for n in (1, 2, 3):
        days = tuple(day for day, kind in zip(DAYS, kinds, strict=True) if kind == n)
        kind = draw(st.sampled_from(RowKind))
        edges = sorted(draw(st.sets(times, min_size=2, max_size=6)))
        pairs = tuple(zip(edges[::2], edges[1::2], strict=False)) if kind is RowKind.TIMES else ()
        if days and (kind, pairs) not in bodies:
            bodies.add((kind, pairs))
            rows.append(HoursRow(days, kind, pairs))
    rows.sort(key=lambda row: DAYS.index(row.days[0]))
    return tuple(rows)


@settings(deadline=None, max_examples=150)
@given(form_rows().filter(lambda rows: any(row.kind is not RowKind.CLOSED for row in rows)))
def test_a_form_becomes_an_expression_and_the_same_form_again(rows: tuple[HoursRow, ...]) -> None:
    form = HoursForm(Mode.ROWS, rows)

    again = HoursForm.from_expression(form.expression())

    every_day = HoursRow(DAYS[:7], RowKind.ALL_DAY)
    assert again == (HoursForm(Mode.ALWAYS) if rows == (every_day,) else form)


@settings(deadline=None, max_examples=150)
@given(expressions())
def test_a_form_says_exactly_what_the_expression_says_or_is_none(expression: str) -> None:
    form = HoursForm.from_expression(expression)

    assert form is None or openness(form.expression()) == openness(expression)


WEEK = DAYS[:5]


def sent(**fields: str | list[str]) -> MultiDict[str, str]:
    return MultiDict(
        (name.replace("_", "-"), value)
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    )


def test_the_fields_that_a_browser_sends_are_read() -> None:
    fields = sent(
        rest_mode="rows",
        rest_0_days=["Mo", "Tu"],
        rest_0_kind="times",
        rest_0_from_0="08:00",
        rest_0_to_0="12:00",
        rest_0_from_2="14:30",
        rest_0_to_2="18:00",
        rest_3_days="PH",
        rest_3_kind="closed",
        name="not hours",
    )

    form = HoursForm.from_fields(fields, "rest")

    assert form.expression() == "Mo,Tu 08:00-12:00,14:30-18:00; PH off"


@pytest.mark.parametrize(
    ("words", "expression"), [("每天8:00-18:00", "Mo-Su 08:00-18:00"), ("", None), ("  ", None)]
)
def test_a_single_field_of_words_does_without_the_editor(
    words: str, expression: str | None
) -> None:
    assert HoursForm.from_fields(sent(rest=words), "rest").expression() == expression


def test_the_fields_of_other_hours_are_left_alone() -> None:
    fields = sent(rest_mode="always", breakfast_mode="unknown", name="a name")

    assert HoursForm.from_fields(fields, "breakfast").expression() is None
    assert dict(without_hours(fields, "rest")) == {"breakfast-mode": "unknown", "name": "a name"}


@pytest.mark.parametrize(
    ("form", "expression"),
    [
        (HoursForm(Mode.UNKNOWN), None),
        (HoursForm(Mode.ALWAYS), "24/7"),
        (HoursForm(Mode.WORDS, words="早5点半到7点"), "Mo-Su 05:30-07:00"),
        (HoursForm(Mode.WORDS, words="时间不详"), None),
        (HoursForm(Mode.WORDS, words="Mo-Fr 08:00-18:00"), "Mo-Fr 08:00-18:00"),
        (HoursForm(rows=(HoursRow(DAYS[:7], RowKind.ALL_DAY),)), "24/7"),
        (HoursForm(rows=(HoursRow(WEEK, times=(("22:00", "06:00"),)),)), "Mo-Fr 22:00-06:00"),
        (HoursForm(rows=(HoursRow(WEEK, times=(("18:00", "00:00"),)),)), "Mo-Fr 18:00-24:00"),
        (
            HoursForm(rows=(HoursRow(WEEK, times=(("14:00", "18:00"), ("8:00", "12:00"))),)),
            "Mo-Fr 08:00-12:00,14:00-18:00",
        ),
    ],
)
def test_a_form_says_its_hours(form: HoursForm, expression: str | None) -> None:
    assert form.expression() == expression


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (HoursForm(), ["还没有填时间"]),
        (HoursForm(rows=(HoursRow(times=(("08:00", "18:00"),)),)), ["第 1 行没有选日子"]),
        (HoursForm(rows=(HoursRow(WEEK),)), ["第 1 行没有填几点到几点"]),
        (HoursForm(rows=(HoursRow(WEEK, RowKind.CLOSED),)), ["还没有填时间"]),
        (
            HoursForm(rows=(HoursRow(WEEK, times=(("08:00", ""),)), HoursRow(("PH",)))),
            ["“08:00-…”：第 1 行", "第 2 行没有填几点到几点"],
        ),
        (HoursForm(rows=(HoursRow(WEEK, times=(("25:00", "26:00"),)),)), ["“25:00-26:00”"]),
        (HoursForm(rows=(HoursRow(WEEK, times=(("08:00", "24:30"),)),)), ["“08:00-24:30”"]),
        (
            HoursForm(
                rows=(HoursRow(WEEK, RowKind.ALL_DAY), HoursRow(("Fr", "PH"), RowKind.CLOSED))
            ),
            ["周五在第 1 行和第 2 行都选了"],
        ),
        (
            HoursForm(rows=(HoursRow(WEEK, times=(("08:00", "12:00"), ("11:00", "18:00"))),)),
            ["“08:00-12:00、11:00-18:00”"],
        ),
        (HoursForm(Mode.WORDS, words="8-6点"), ["“8-6点”"]),
        (HoursForm(Mode.WORDS), ["空的"]),
    ],
)
def test_all_that_is_wrong_with_a_form_is_said_at_once(form: HoursForm, said: list[str]) -> None:
    faults = [each.in_chinese for each in form.faults]

    assert len(faults) == len(said)
    assert all(part in fault for part, fault in zip(said, faults, strict=True))


@pytest.mark.parametrize(
    "expression",
    [
        "Apr-Oct Mo-Su 06:00-20:00; Nov-Mar Mo-Su 07:00-18:00",
        "Mo 22:00-06:00; Tu 08:00-18:00",
        "PH off; Mo-Fr 08:00-18:00",
        "Mo-Fr 08:00-12:00, We 14:00-16:00",
        "Mo 08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        'Mo-Fr 08:00-18:00 open "ring"',
        "Mo[1] 08:00-18:00",
        "unknown",
    ],
)
def test_what_rows_cannot_say_exactly_is_edited_as_text(expression: str) -> None:
    form = HoursForm.showing(expression)

    assert form.mode is Mode.WORDS
    assert form.expression() == expression


def test_seasons_are_edited_in_words_that_people_know() -> None:
    form = HoursForm.showing("Apr-Oct Mo-Su 06:00-20:00; Nov-Mar Mo-Su 07:00-18:00")

    assert form.words == "4月至10月 每天 06:00–20:00；11月至3月 每天 07:00–18:00"


@pytest.mark.parametrize(
    "expression", ["Mo-Su 08:00-18:00; We off", "8:00-18:00", "Mo-Fr 08:00-18:00; PH off", None]
)
def test_a_form_that_nobody_changed_leaves_the_expression_as_it_was(expression: str | None) -> None:
    form = HoursForm.showing(expression)

    assert form.expression_after(expression) == expression


def test_a_form_that_somebody_changed_says_the_new_hours() -> None:
    form = HoursForm(Mode.ALWAYS)

    assert form.expression_after("Mo-Su 08:00-18:00; We off") == "24/7"
