"""Nearest look-ups by HTTP, side by side with other software."""

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

import click

from bench import questions
from bench.contestants.line_up import BARE, PYGEOAPI, SERVICE, Contestant, line_up
from bench.database import Filled, filled
from bench.goals import goals
from bench.load import Load, press
from bench.options import Options
from bench.processes import HOST, Server
from bench.questions import FILTERED, PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise, ratio, spread

_ORIGINS_IN_ONE: Final = 1000
ONE_POST: Final = "one POST"
ONE_BY_ONE: Final = "requests, one after the other"
_WORDS: Final = {
    PLAIN: "k = 5",
    FILTERED: "k = 5, with rest, water and open on arrival",
}


@dataclass(frozen=True, kw_only=True)
class _Sized:
    """What was measured at one size: by variant, and a thousand origins at once."""

    size: int
    rounds: Mapping[str, Rounds[Load]]
    wrong: Mapping[str, Mapping[str, int]]
    many: Rounds[float]

    @property
    def gain_of_many(self) -> float:
        """How many times faster one POST is than its questions one by one."""
        return self.many.median(ONE_BY_ONE, float) / self.many.median(ONE_POST, float)

    @property
    def calibrations(self) -> list[float]:
        """What the fixed piece of work took before each turn."""
        turns = [seconds for rounds in self.rounds.values() for seconds in rounds.calibrations]
        return turns + self.many.calibrations

    def tables(self) -> list[Table]:
        """Show it."""
        shown = [
            _table(self.size, variant, rounds, self.wrong[variant])
            for variant, rounds in self.rounds.items()
        ]
        return [*shown, _table_of_many(self.size, self.many)]

    def figures(self) -> dict[str, Any]:
        """Return every round of it."""
        found: dict[str, Any] = {
            variant: _figures(rounds, self.wrong[variant])
            for variant, rounds in self.rounds.items()
        }
        return found | {"many": dict(self.many.seen)}


def run(options: Options) -> int:
    """Measure every size; write the tables."""
    sized = [_measure_size(options, size) for size in options.sizes]
    reached = goals(
        {(each.size, variant): each.rounds[variant] for each in sized for variant in each.rounds},
        {each.size: each.gain_of_many for each in sized},
    )
    result = Result(
        tables=[*(table for each in sized for table in each.tables()), reached],
        figures={f"{each.size}": each.figures() for each in sized},
        noise=noise([seconds for each in sized for seconds in each.calibrations]),
    )
    write(options, result)
    return 0


def _measure_size(options: Options, size: int) -> _Sized:
    with filled(size) as database:
        asked = Questions.about(size)
        click.echo(f"{size:,} stations: starting the contestants …")
        with line_up(options, database) as contestants:
            return _Sized(
                size=size,
                wrong={
                    variant: _disagreements(asked, contestants, database, variant)
                    for variant in (PLAIN, FILTERED)
                },
                rounds={
                    variant: _measure(options, asked, contestants, variant)
                    for variant in (PLAIN, FILTERED)
                },
                many=_measure_many(options, asked, contestants[0].server),
            )


def _disagreements(
    asked: Questions, contestants: Sequence[Contestant], database: Filled, variant: str
) -> dict[str, int]:
    """Count wrong answers, by contestant; hours are left out, for PostGIS cannot read them."""
    with database.connection() as connection:
        right = asked.answers_of_postgis(connection, variant)
    return {
        each.name: asked.disagreements(each.server, each.checked_form(variant), right)
        for each in contestants
        if variant in each.forms and each.name not in {BARE, PYGEOAPI}
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
    for turn in turns.values():
        turn()  # what is made on first use, by anybody, is there when the rounds begin
    return interleaved(turns, options.rounds, say=str)


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
                f"{ratio(per_second, bare):.2f}",
                f"{ratio(ours, per_second):.2f}",
                f"{p50:.1f}",
                f"{rounds.median(name, lambda load: load.p90_ms):.1f}",
                f"{p99:.1f}",
                f"{ratio(p99, p50):.1f}",
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
            ONE_POST: partial(_one_post, server, body),
            ONE_BY_ONE: partial(_requests, server, [form(*at) for at in places]),
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
