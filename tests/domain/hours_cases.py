"""Opening hours to try, and what they come to over a year in five-minute steps."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import OpennessCode, Schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=SHANGHAI)
A_YEAR = int(NEW_YEAR.timestamp()) + np.arange(0, 365 * 24 * 60, 5, dtype=np.int64) * 60
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def special(day: date, kind: HolidayKind = HolidayKind.PUBLIC_HOLIDAY) -> Holiday:
    return Holiday(day=day, kind=kind, name="节", status=HolidayStatus.PUBLISHED, source="a test")


# Holidays on every day of the week, and two weekend days worked.
CALENDAR = HolidayCalendar(
    [
        *(special(date(2026, 2, 15) + timedelta(n)) for n in range(9)),
        *(special(date(2026, 10, 1) + timedelta(n)) for n in range(7)),
        special(date(2026, 5, 1)),
        special(date(2026, 2, 14), HolidayKind.MAKEUP_WORKDAY),
        special(date(2026, 9, 20), HolidayKind.MAKEUP_WORKDAY),
    ]
)


def openness(expression: str | None) -> bytes:
    if expression is None:
        return bytes([OpennessCode.UNKNOWN]) * len(A_YEAR)
    return Schedule.parse(expression, CALENDAR, SHANGHAI).states_at(A_YEAR).tobytes()


@st.composite
def spans(draw: st.DrawFn, *, nights: bool = False) -> str:
    """Hours of one day, the stretches in order; perhaps into the night."""
    if draw(st.integers(0, 9)) == 0:
        return "00:00-24:00"
    edges = sorted(draw(st.sets(st.integers(0, 95), min_size=2, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    texts = [f"{at // 4:02}:{at % 4 * 15:02}" for at in edges]
    stretches = [f"{a}-{b}" for a, b in zip(texts[::2], texts[1::2], strict=True)]
    if nights and draw(st.booleans()):
        stretches[-1] = f"{texts[-2]}-{draw(st.sampled_from(['24:00', texts[0]]))}"
    return ",".join(stretches)


@st.composite
def weeks(draw: st.DrawFn, *, holidays: bool = True) -> list[str]:
    """Rules for days that no other rule speaks of, and perhaps for public holidays."""
    kinds = draw(st.lists(st.integers(0, 2), min_size=7, max_size=7).filter(any))
    groups = [[day for day, kind in zip(WEEKDAYS, kinds, strict=True) if kind == n] for n in (1, 2)]
    groups = [days for days in groups if days]
    rules = [f"{','.join(days)} {draw(spans(nights=len(groups) == 1))}" for days in groups]
    off = [day for day, kind in zip(WEEKDAYS, kinds, strict=True) if not kind]
    if draw(st.booleans()) and off:
        rules.append(f"{','.join(off)} {draw(st.sampled_from(['off', 'unknown']))}")
    if holidays and draw(st.booleans()):
        rules.append(f"PH {draw(spans() | st.just('off'))}")
    return rules


SEASONS = (
    ("May-Sep", "Oct-Apr"),
    ("May 01-Sep 30", "Oct 01-Apr 30"),
    ("Jun 15-Aug 31", "Sep 01-Jun 14"),
    ("Jul", "Aug"),
)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return "; ".join(draw(weeks()))
    seasons = draw(st.sampled_from(SEASONS))
    rules = [f"{each} {rule}" for each in seasons for rule in draw(weeks(holidays=False))]
    if draw(st.booleans()):
        rules.append("PH off")
    if draw(st.booleans()):
        rules.append("2026 Mar 03 off")
    return "; ".join(rules)
