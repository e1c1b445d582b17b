"""Which days are public holidays, and which weekend days are worked to make up for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo_service.domain.errors import DatasetError, Fault


class HolidayKind(StrEnum):
    """In which direction a day departs from its weekday."""

    PUBLIC_HOLIDAY = "public_holiday"
    MAKEUP_WORKDAY = "makeup_workday"


class HolidayStatus(StrEnum):
    """Whether the year's notice is out, or only the standing law is known."""

    PUBLISHED = "published"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One day of the table, with where it is announced."""

    day: date
    kind: HolidayKind
    name: str
    status: HolidayStatus
    source: str


class HolidayCalendar:
    """The table of special days, in order; it never changes once built.

    A calendar with no day in it is valid: then no day is a holiday.

    Raises:
        DatasetError: a day stands in the table more than once.
    """

    __slots__ = ("_kinds", "holidays", "makeup_workdays", "public_holidays", "published_through")

    holidays: tuple[Holiday, ...]
    public_holidays: tuple[date, ...]
    makeup_workdays: tuple[date, ...]
    published_through: int | None
    """The last year with a published day; later years know the standing law at most."""

    def __init__(self, holidays: Iterable[Holiday] = ()) -> None:
        self.holidays = tuple(sorted(holidays, key=lambda each: each.day))
        self._kinds: dict[date, HolidayKind] = {}
        faults = []
        for each in self.holidays:
            if each.day in self._kinds:
                reason = "is listed more than once; a day is one thing or the other"
                faults.append(
                    Fault(
                        file="holiday calendar",
                        column="day",
                        value=each.day.isoformat(),
                        reason=reason,
                    )
                )
            self._kinds[each.day] = each.kind
        if faults:
            raise DatasetError(faults)
        self.public_holidays = self._days_of(HolidayKind.PUBLIC_HOLIDAY)
        self.makeup_workdays = self._days_of(HolidayKind.MAKEUP_WORKDAY)
        self.published_through = max(
            (each.day.year for each in self.holidays if each.status is HolidayStatus.PUBLISHED),
            default=None,
        )

    def kind_of(self, day: date) -> HolidayKind | None:
        """Say what the table makes of a day; None when it is as its weekday has it."""
        return self._kinds.get(day)

    def _days_of(self, kind: HolidayKind) -> tuple[date, ...]:
        return tuple(each.day for each in self.holidays if each.kind is kind)
