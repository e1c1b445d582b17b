"""`geo-service suggest`: where the next stations should stand."""

import json
import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
from click.core import ParameterSource

from geo_service.cli import options, terminal
from geo_service.cli.suggest_register import from_register
from geo_service.domain.datum import Datum
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.reach import DistanceType
from geo_service.domain.siting import Goal, Progress, Watch
from geo_service.domain.siting_solve import solve
from geo_service.domain.station import Amenity, Group, ServiceKind
from geo_service.persistence.distance_file import read_distances

_SECONDS: Final = 600.0
_SHOWN: Final = 20
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--distances",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file: demand,site,distance[,weight,existing,required]. No database is used.",
)
@click.option("--goal", type=options.OneOf(Goal), default=Goal.MCLP, show_default=True)
@click.option("--sites", type=click.IntRange(0, 100_000), help="How many new sites.")
@click.option("--radius", type=options.Decimal(), help="Within which demand is covered.")
@click.option(
    "--seconds",
    type=options.Decimal(),
    default=_SECONDS,
    show_default=True,
    help="Then the best found so far is the answer.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@click.option(
    "--candidates", default="grid", show_default=True, help="grid, demand or a file of places."
)
@click.option("--require", type=_FILE, help="Places that must be among the new sites.")
@click.option("--exclude", type=_FILE, help="GeoJSON ground where no candidate may stand.")
@click.option("--datum", type=options.OneOf(Datum), help="Of the degrees in these files.")
@click.option(
    "--distance",
    type=options.OneOf(DistanceType),
    default=DistanceType.STRAIGHT,
    show_default=True,
    help="What the radius is measured along.",
)
@click.option("--demand", metavar="LAYER", help="Of a demand layer; see geo-service demand list.")
@click.option("--service", type=options.OneOf(ServiceKind), help="Only stations with this.")
@click.option("--group", type=options.OneOf(Group), help="Only what these workers may use.")
@click.option(
    "--amenity", type=options.OneOf(Amenity), multiple=True, help="Only with this; repeatable."
)
@click.option("--curve", is_flag=True, help="Also what 0, 1, 2 … sites achieve.")
def command(**given: Any) -> None:
    """Choose the sites that serve a goal best, and say whether that is proven.

    mclp: the most demand within the radius. lscp: the fewest sites for everybody. p-median: the
    least sum of ways. p-center: the least longest way. second-cover: the most demand within the
    radius of two sites.

    Stations that exist stay and cost nothing. Without --distances the register is asked;
    without --demand, evenly spread ground is the demand.
    """
    _check(given)
    with watching(quiet=given["as_json"]) as watch:
        try:
            if given["distances"] is None:
                answer = from_register(given, watch)
            else:
                answer = _from_file(given, watch)
        except GeoServiceError as error:
            raise click.ClickException(str(error)) from None
    if given["as_json"]:
        click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        _print(answer)


_OF_THE_REGISTER: Final = (
    *("candidates", "require", "exclude", "datum", "distance", "demand"),
    *("service", "group", "amenity", "curve"),
)


def _check(given: dict[str, Any]) -> None:
    goal: Goal = given["goal"]
    if given["distances"] is not None:
        context = click.get_current_context()
        for name in _OF_THE_REGISTER:
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
                raise click.UsageError(f"--{name} is of the register: leave out --distances.")
    if goal.needs_sites and given["sites"] is None:
        raise click.UsageError(f"--goal {goal.value} needs --sites, the number of new sites.")
    if goal.needs_radius and given["radius"] is None:
        raise click.UsageError(f"--goal {goal.value} needs --radius.")
    if given["seconds"] <= 0:
        raise click.UsageError("--seconds must be above 0.")


def _from_file(given: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Answer from a file of pairs; distances are in its unit."""
    read = read_distances(given["distances"])
    goal, problem = given["goal"], read.problem
    siting = solve(
        problem,
        goal,
        sites=given["sites"],
        radius=given["radius"],
        seconds=given["seconds"],
        watch=watch,
    )
    return {
        "goal": goal.value,
        "status": siting.status.value,
        "reason": siting.reason,
        "objective": siting.objective,
        "bound": siting.bound,
        "gap": siting.gap,
        "sites": [read.site_names[each] for each in siting.sites],
        "seconds": round(siting.seconds, 3),
        "new_sites": given["sites"] if goal.needs_sites else None,
        "radius": given["radius"] if goal.needs_radius else None,
        "demand": problem.demand,
        "demand_weight": float(problem.weight.sum()),
        "candidates": int((~problem.existing).sum()),
        "existing": int(problem.existing.sum()),
        "unreachable": [read.demand_names[each] for each in siting.unreachable],
    }


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watch]:
    """Show progress on a terminal; Ctrl-C ends solving, with the best answer until then."""
    stopped, shown = False, -math.inf
    visible = not quiet and sys.stderr.isatty()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        if stopped:
            raise KeyboardInterrupt
        stopped = True

    def watch(progress: Progress) -> bool:
        nonlocal shown
        if visible and time.monotonic() - shown > 1.0:
            shown = time.monotonic()
            click.echo(f"\r{_said(progress)}\033[K", err=True, nl=False)
        return not stopped

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)
        if visible and math.isfinite(shown):
            click.echo("\r\033[K", err=True, nl=False)


def _said(progress: Progress) -> str:
    parts = [f"{progress.seconds:.0f} s"]
    if progress.steps > 1:
        parts.append(f"{progress.step} of {progress.steps}")
    if progress.best is not None:
        parts.append(f"best {progress.best:,.10g}")
    if progress.bound is not None:
        parts.append(f"bound {progress.bound:,.10g}")
    if progress.gap is not None:
        parts.append(f"gap {progress.gap:.2%}")
    return "  ".join(parts)


def _print(answer: dict[str, Any]) -> None:
    console = terminal.console()
    console.print(f"{answer['goal']}: {answer['status']}")
    if answer["reason"] is not None:
        console.print(terminal.plain(answer["reason"]))
    for key in ("before", "objective", "bound"):
        if answer.get(key) is not None:
            console.print(f"{key}: {answer[key]:,.10g}")
    if answer["gap"] is not None:
        console.print(f"gap: {answer['gap']:.4%}")
    _print_sites(answer["sites"])
    if answer["unreachable"]:
        shown = ", ".join(map(str, answer["unreachable"][:_SHOWN]))
        more = " …" if len(answer["unreachable"]) > _SHOWN else ""
        console.print(f"out of reach: {terminal.plain(shown)}{more}")
    if "place" in answer:
        _print_what_it_rests_on(answer)
    console.print(
        f"{answer['demand']:,} demand points, {answer['candidates']:,} candidates, "
        f"{answer['existing']:,} existing sites; {answer['seconds']:.1f} s"
    )


def _print_what_it_rests_on(answer: dict[str, Any]) -> None:
    console = terminal.console()
    for point in answer["curve"]:
        if point["objective"] is not None:
            console.print(f"{point['sites']:>4} {point['objective']:>20,.10g} {point['status']}")
    for note in answer["notes"]:
        console.print(terminal.plain(note))
    radius = "" if answer["radius"] is None else f" within {answer['radius']:,.0f} m"
    console.print(
        f"{terminal.plain(answer['place'])}: {answer['unit']}{radius}, "
        f"{answer['distance_type']} distance, revision {answer['revision']}, "
        f"{answer['data_status']}"
    )
    if answer["estimate"] is not None:
        console.print(terminal.plain(answer["estimate"]))


def _print_sites(sites: list[Any]) -> None:
    console = terminal.console()
    if not sites or isinstance(sites[0], str):
        console.print(f"sites: {terminal.plain(', '.join(sites)) or '–'}")
        return
    table = terminal.table("site", "lon", "lat", "gained", right=range(1, 4))
    for site in sites:
        gained = "–" if site["gained"] is None else f"{site['gained']:,.6g}"
        name = site["name"] + (" (required)" if site["required"] else "")
        table.add_row(terminal.plain(name), f"{site['lon']:.6f}", f"{site['lat']:.6f}", gained)
    console.print(table)
