"""The worst places and the hours of a day, for `geo-service coverage`."""

from typing import Any

from geo_service.cli import terminal
from geo_service.services.exporting import Row
from geo_service.services.measure_rows import gap_rows, hour_row
from geo_service.services.measures import Day, GapList, HourByHour


def print_gaps(found: GapList, about: dict[str, Any]) -> None:
    """Print the worst places as a table."""
    layer = found.query.demand
    table = terminal.table(
        *("", "longitude", "latitude", "metres", f"uncovered {_unit(about)}", "nearest", "unit"),
        right=range(5),
    )
    for row in gap_rows(found):
        uncovered = row["uncovered_km2" if layer is None else "uncovered_demand"]
        table.add_row(
            f"{row['rank']}",
            f"{row['longitude']:.6f}",
            f"{row['latitude']:.6f}",
            "no way" if row["distance_m"] is None else f"{row['distance_m']:,.0f}",
            f"{uncovered:,.2f}" if layer is None else f"{uncovered:,.0f}",
            terminal.plain(row["nearest_station"] or "–"),
            _place(row),
        )
    console = terminal.console()
    console.print(table)
    console.print(_said(about))


def print_hours(answer: HourByHour, about: dict[str, Any]) -> None:
    """Print one day after another: the whole in each hour, and each unit's mean of the day."""
    console = terminal.console()
    for number, day in enumerate(answer.days):
        console.print(f"{day.date:%Y-%m-%d %A}")
        console.print(_hour_table(day))
        table = terminal.table("code", "name", "share of the day", right=range(2, 3))
        for unit in range(len(answer.units)):
            row = hour_row(answer, unit)
            mean = row["days"][number]["share_of_day"]
            table.add_row(terminal.plain(row["code"]), terminal.plain(row["name"]), _share(mean))
        console.print(table)
    console.print(_said(about))


def _hour_table(day: Day) -> Any:
    table = terminal.table("hour", "stations", "maybe closed", "covered", right=range(4))
    for hour in day.hours:
        counted, unknown = f"{hour.stations}", f"{hour.of_unknown_openness}"
        table.add_row(f"{hour.instant:%H:%M}", counted, unknown, _share(hour.share))
    return table


def _unit(about: dict[str, Any]) -> str:
    return terminal.plain(about.get("demand_unit") or "km²")


def _place(row: Row) -> str:
    named = [row["place_name"], row["unit_name"] or "in no unit"]
    return terminal.plain(" · ".join(each for each in named if each))


def _said(about: dict[str, Any]) -> str:
    of = about.get("demand_name")
    return (
        f"{terminal.plain(about['place'])}: {within(about)}, of "
        f"{terminal.plain(of) if of else 'ground'}, revision {about['revision']}."
    )


def within(about: dict[str, Any]) -> str:
    """Say the radius and what its metres are."""
    kind = about["distance_type"]
    article = "an" if kind.startswith("estimated") else "a"
    return f"within {about['radius_m']:,.0f} m in {article} {kind}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
