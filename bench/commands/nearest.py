"""Nearest look-ups by HTTP, side by side with other software."""

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import click

from bench import questions
from bench.contestants.line_up import BARE, PYGEOAPI, SERVICE, Contestant, line_up
from bench.database import filled
from bench.load import Load, press
from bench.options import Options
from bench.processes import HOST, Server
from bench.questions import FILTERED, PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise, spread

_ORIGINS_IN_ONE: Final = 1000
_WORDS: Final = {
    PLAIN: "k = 5",
    FILTERED: "k = 5, with rest, water and open on arrival",
}


def run(options: Options) -> int:
    """Measure every size; write the tables."""
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    calibrations: list[float] = []
    for size in options.sizes:
        with filled(size) as database:
            asked = Questions.about(size)
            with database.connection() as connection:
                right = asked.answers_of_postgis(connection)
            click.echo(f"{size:,} stations: starting the contestants …")
            with line_up(options, database) as contestants:
                wrong = _disagreements(asked, contestants, right)
                for variant in (PLAIN, FILTERED):
                    rounds = _measure(options, asked, contestants, variant)
                    tables.append(_table(size, variant, rounds, wrong if variant == PLAIN else {}))
                    figures[f"{size} {variant}"] = _figures(rounds, wrong)
                    calibrations += rounds.calibrations
                many = _measure_many(options, asked, contestants[0].server)
                tables.append(_table_of_many(size, many))
                figures[f"{size} many"] = dict(many.seen)
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _disagreements(
    asked: Questions, contestants: Sequence[Contestant], right: list[list[str]]
) -> dict[str, int]:
    return {
        each.name: asked.disagreements(each.server, each.forms[PLAIN], right)
        for each in contestants
        if each.name not in {BARE, PYGEOAPI}
    }


def _measure(
    options: Options, asked: Questions, contestants: Sequence[Contestant], variant: str
) -> Rounds[Load]:
    turns: dict[str, Callable[[], Load]] = {}
    for each in contestants:
        if variant in each.forms:
            paths = asked.paths(f"{each.server.log.stem}-{variant}", each.forms[variant])
            turns[each.name] = partial(
                press,
                each.server,
                paths,
                seconds=options.seconds,
                connections=options.connections,
            )
    click.echo(f"{asked.size:,} stations, {_WORDS[variant]}:")
    return interleaved(turns, options.rounds)


def _table(size: int, variant: str, rounds: Rounds[Load], wrong: Mapping[str, int]) -> Table:
    ours = rounds.median(SERVICE, lambda load: load.per_second)
    bare = rounds.median(BARE, lambda load: load.per_second)
    rows = []
    for name in rounds.seen:
        per_second = rounds.median(name, lambda load: load.per_second)
        p50, p99 = (
            rounds.median(name, lambda load: load.p50_ms),
            rounds.median(name, lambda load: load.p99_ms),
        )
        rows.append(
            [
                name,
                f"{per_second:,.0f}",
                f"{per_second / bare:.2f}",
                f"{ours / per_second:.2f}",
                f"{p50:.1f}",
                f"{rounds.median(name, lambda load: load.p90_ms):.1f}",
                f"{p99:.1f}",
                f"{p99 / p50:.1f}",
                f"{sum(load.errors for load in rounds.seen[name])}",
                f"{wrong[name]} of 200" if name in wrong else "",
                f"{rounds.median(name, lambda load: load.mean_bytes) / 1000:.1f}",
                f"± {rounds.spread(name, lambda load: load.per_second) / 2:.0%}",
            ]
        )
    columns = [
        *("contestant", "requests/s", "÷ bare view", "service ÷ it", "p50 ms", "p90 ms", "p99 ms"),
        *("p99 ÷ p50", "errors", "not as PostGIS", "kB an answer", "spread"),
    ]
    return Table(title=f"{size:,} stations, {_WORDS[variant]}", columns=columns, rows=rows)


def _figures(rounds: Rounds[Load], wrong: Mapping[str, int]) -> dict[str, Any]:
    return {
        name: {"rounds": [asdict(load) for load in loads], "disagreements": wrong.get(name)}
        for name, loads in rounds.seen.items()
    }


# -- a thousand origins --------------------------------------------------------------------


def _measure_many(options: Options, asked: Questions, server: Server) -> Rounds[float]:
    form = questions.service_path(PLAIN)
    places = asked.origins[:_ORIGINS_IN_ONE]
    body = json.dumps({"origins": [{"lon": x, "lat": y} for x, y in places]})
    click.echo(f"{asked.size:,} stations, {_ORIGINS_IN_ONE:,} origins:")
    return interleaved(
        {
            "one POST": partial(_one_post, server, body),
            "requests, one after the other": partial(
                _requests, server, [form(*at) for at in places]
            ),
        },
        options.rounds,
    )


def _one_post(server: Server, body: str) -> float:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=120)
    headers = {"Content-Type": "application/json"}
    began = time.perf_counter()
    connection.request("POST", "/api/v1/stations/nearest", body, headers)
    _checked(connection.getresponse())
    took = time.perf_counter() - began
    connection.close()
    return took


def _requests(server: Server, paths: Sequence[str]) -> float:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=120)
    began = time.perf_counter()
    for path in paths:
        connection.request("GET", path)
        _checked(connection.getresponse())
    took = time.perf_counter() - began
    connection.close()
    return took


def _checked(answer: http.client.HTTPResponse) -> bytes:
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"the service answered {answer.status}: {body[:500]!r}")
    return body


def _table_of_many(size: int, rounds: Rounds[float]) -> Table:
    slowest = max(rounds.median(name, float) for name in rounds.seen)
    rows = [
        [
            name,
            f"{rounds.median(name, float):.3f}",
            f"{slowest / rounds.median(name, float):.1f}",
            f"± {spread(times) / 2:.0%}",
        ]
        for name, times in rounds.seen.items()
    ]
    return Table(
        title=f"{size:,} stations, {_ORIGINS_IN_ONE:,} origins, one kept-alive connection",
        columns=["asked as", "seconds", "times as fast", "spread"],
        rows=rows,
    )
