"""The worker's page on a slow phone, as Lighthouse sees it: scores, times, bytes."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from bench.contestants.line_up import service_on
from bench.database import filled
from bench.options import WORKSHOP, Options
from bench.report import Result, Table, write

LIGHTHOUSE: Final = "lighthouse@12.8.2"
_TOOLS: Final = WORKSHOP / "environments" / "lighthouse"
_PAGES: Final = {"zh": "/?lang=zh", "en": "/?lang=en"}
_SCORES: Final = ("performance", "accessibility", "best-practices")
_GOALS: Final = {"performance": 0.95, "accessibility": 1.0, "best-practices": 0.95}
_BYTES: Final = 150_000
_TIMES: Final = {
    "first-contentful-paint": "first paint ms",
    "interactive": "usable after ms",
    "total-blocking-time": "blocked ms",
    "cumulative-layout-shift": "layout shift",
    "total-byte-weight": "bytes",
}
_CHROMIUM: Final = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update "
    "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"
)


def run(options: Options) -> int:
    """Measure both languages; write the table; 1 where a goal is missed."""
    lighthouse = _lighthouse()
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in _PAGES}
    (size,) = options.sizes
    with filled(size) as database, service_on(database, threads=options.threads) as server:
        for number in range(1, options.rounds + 1):
            click.echo(f"Round {number} of {options.rounds} …")
            for name, path in _PAGES.items():
                seen[name].append(_looked_at(lighthouse, server.url + path))
    medians = {name: _medians(rounds) for name, rounds in seen.items()}
    write(options, Result(tables=[_table(medians)], figures=seen))
    return int(not all(map(_good, medians.values())))


def _lighthouse() -> Path:
    """Install Lighthouse in a place of its own, unless it is there."""
    program = _TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        click.echo(f"Installing {LIGHTHOUSE} …")
        _TOOLS.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        assert npm is not None, "bench.provision installs it"
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", LIGHTHOUSE]
        subprocess.run(command, cwd=_TOOLS, check=True)  # noqa: S603  npm itself
    return program


def _looked_at(lighthouse: Path, url: str) -> dict[str, float]:
    """Return the scores and figures of one look, as a phone on slow 4G would have it."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "bench.provision installs it"
    ran = subprocess.run(  # noqa: S603  Lighthouse, on loopback
        [
            str(lighthouse), url, "--quiet", "--output=json", "--output-path=stdout",
            f"--only-categories={','.join(_SCORES)}", f"--chrome-flags={_CHROMIUM}",
        ],
        check=True, capture_output=True, text=True, timeout=300,
        env={**os.environ, "CHROME_PATH": chromium},
    )  # fmt: skip
    report: Mapping[str, Any] = json.loads(ran.stdout)
    scores = {each: float(report["categories"][each]["score"]) for each in _SCORES}
    return scores | {each: float(report["audits"][each]["numericValue"]) for each in _TIMES}


def _medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {each: statistics.median(one[each] for one in rounds) for each in rounds[0]}


def _good(page: Mapping[str, float]) -> bool:
    scored = all(page[name] >= goal for name, goal in _GOALS.items())
    return scored and page["total-byte-weight"] <= _BYTES


def _table(medians: Mapping[str, Mapping[str, float]]) -> Table:
    return Table(
        title="The worker's page, Lighthouse's phone on slow 4G, first visit",
        columns=["page", *_SCORES, *_TIMES.values()],
        rows=[
            [
                f"`{_PAGES[name]}`",
                *(f"{100 * page[each]:.0f}" for each in _SCORES),
                *(
                    f"{page[each]:.3f}"
                    if each == "cumulative-layout-shift"
                    else f"{page[each]:,.0f}"
                    for each in _TIMES
                ),
            ]
            for name, page in medians.items()
        ],
        notes=[f"{LIGHTHOUSE}; scores out of 100; medians"],
    )
