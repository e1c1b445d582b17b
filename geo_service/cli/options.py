"""The filters of a question, as options that several commands share."""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import click

from geo_service.domain.station import Amenity, Group, ServiceKind, StationFilter
from geo_service.services.openness import OpenCondition, When

NOW = "now"
ARRIVAL = "arrival"


class OneOf(click.Choice[StrEnum]):
    """A word of an enumeration: its value, as in the API and the data, where click has its name."""

    def normalize_choice(self, choice: Any, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the word."""
        return str(choice)


# float() takes nan, inf, 1_000 and full-width digits; what is typed here may not.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?", re.ASCII)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Decimal(click.ParamType[float]):
    """A number in plain digits."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the number."""
        if isinstance(value, float):
            return value
        if _NUMBER.fullmatch(value) is None:
            what = "is not an option here" if value.startswith("--") else "is not a number"
            self.fail(f"{value!r} {what}; write numbers like 113.953125", param, ctx)
        return float(value)


class Metres(Decimal):
    """A length between two bounds."""

    name = "metres"

    def __init__(self, low: float, high: float) -> None:
        self._low = low
        self._high = high

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the length."""
        metres = super().convert(value, param, ctx)
        if not self._low <= metres <= self._high:
            self.fail(f"{value} is not from {self._low:,.0f} to {self._high:,.0f}", param, ctx)
        return metres


class Instant(click.ParamType[str | datetime]):
    """`now`, `arrival` or an RFC 3339 instant."""

    name = "now|arrival|instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | datetime:
        """Read the word or the instant."""
        if isinstance(value, datetime) or value in {NOW, ARRIVAL}:
            return value  # type: ignore[no-any-return]
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value!r} is neither now, arrival nor an instant like 2026-11-23T05:00:00+08:00",
                param,
                ctx,
            )
        return moment


class Day(click.ParamType[date]):
    """A date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value if _DAY.fullmatch(value) else "")
        except ValueError:
            self.fail(f"{value!r} is not a date; write it like 2026-11-22", param, ctx)


_OPTIONS = (
    click.option("--service", type=OneOf(ServiceKind), help="Only this service."),
    click.option("--group", type=OneOf(Group), help="Only what these workers may use."),
    click.option(
        "--amenity", type=OneOf(Amenity), multiple=True, help="Only with this; repeatable."
    ),
    click.option("--open", "open_", type=Instant(), help="Only what is, or may be, open then."),
    click.option("--open-only", is_flag=True, help="With --open: only what is known to be open."),
)


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """Add --service, --group, --amenity, --open and --open-only to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def conditions(
    service: ServiceKind | None, group: Group | None, amenity: tuple[Amenity, ...]
) -> StationFilter:
    """Return what the options ask for, the time aside."""
    return StationFilter(service=service, group=group, amenities=frozenset(amenity))


def condition(open_: str | datetime | None, *, open_only: bool) -> OpenCondition | None:
    """Return what the options ask of the opening hours."""
    if open_ is None:
        if open_only:
            raise click.UsageError("--open-only needs --open.")
        return None
    return OpenCondition(when=When.ARRIVAL if open_ == ARRIVAL else When.INSTANT, certain=open_only)


def moment(open_: str | datetime | None, now: datetime) -> datetime:
    """Return the instant that the options mean."""
    return open_ if isinstance(open_, datetime) else now
