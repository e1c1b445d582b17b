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

from geo_service.cli import options, terminal
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.siting import Goal, Progress, Siting, Watch
from geo_service.domain.siting_solve import solve
from geo_service.persistence.distance_file import DistanceFile, read_distances

_SECONDS: Final = 600.0


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
def command(**given: Any) -> None:
    """Choose the sites that serve a goal best, and say whether that is proven.

    mclp: the most demand within the radius. lscp: the fewest sites for everybody. p-median: the
    least sum of ways. p-center: the least longest way. second-cover: the most demand within the
    radius of two sites.
    """
    _check(given)
    with watching(quiet=given["as_json"]) as watch:
        try:
            read = read_distances(given["distances"])
            siting = solve(
                read.problem,
                given["goal"],
                sites=given["sites"],
                radius=given["radius"],
                seconds=given["seconds"],
                watch=watch,
            )
        except GeoServiceError as error:
            raise click.ClickException(str(error)) from None
    document = _document(read, siting, given)
    if given["as_json"]:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(document)


def _check(given: dict[str, Any]) -> None:
    goal: Goal = given["goal"]
    if given["distances"] is None:
        raise click.UsageError("--distances is missing.")
    if goal.needs_sites and given["sites"] is None:
        raise click.UsageError(f"--goal {goal.value} needs --sites, the number of new sites.")
    if goal.needs_radius and given["radius"] is None:
        raise click.UsageError(f"--goal {goal.value} needs --radius.")


def _document(read: DistanceFile, siting: Siting, given: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as JSON has it; distances are in the unit of the file."""
    goal, problem = siting.goal, read.problem
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


def _print(document: dict[str, Any]) -> None:
    console = terminal.console()
    console.print(f"{document['goal']}: {document['status']}")
    if document["reason"] is not None:
        console.print(terminal.plain(document["reason"]))
    for key in ("objective", "bound"):
        if document[key] is not None:
            console.print(f"{key}: {document[key]:,.10g}")
    if document["gap"] is not None:
        console.print(f"gap: {document['gap']:.4%}")
    console.print(f"sites: {terminal.plain(', '.join(document['sites'])) or '–'}")
    if document["unreachable"]:
        console.print(f"out of reach: {terminal.plain(', '.join(document['unreachable']))}")
    console.print(
        f"{document['demand']:,} demand points, {document['candidates']:,} candidates, "
        f"{document['existing']:,} existing sites; {document['seconds']:.1f} s"
    )
