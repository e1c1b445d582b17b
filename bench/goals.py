"""What the nearest look-up should reach, as ratios within one run, and whether it does."""

from collections.abc import Iterator, Mapping
from typing import Final

from bench.contestants.line_up import BARE, REDIS, SERVICE, TIPG
from bench.load import Load
from bench.questions import FILTERED, PLAIN
from bench.report import Table
from bench.rounds import Rounds, ratio

Goal = tuple[str, str, float, float, bool]  # what, where, wanted, found, whether less is better
Measured = Mapping[tuple[int, str], Rounds[Load]]

_OF_BARE: Final = {PLAIN: 0.75, FILTERED: 0.6}
_TIMES: Final = {TIPG: 12.0, REDIS: 2.0}
_TAIL: Final = 4.0
_MANY: Final = 50.0
_GROWTH: Final = 0.10


def goals(measured: Measured, gain_of_many: Mapping[int, float]) -> Table:
    """Return the table of goals, those that were not measured left out."""
    rows = [
        [
            what,
            where,
            f"{'≤' if less else '≥'} {wanted:g}",
            f"{found:.2f}",
            "yes" if (found <= wanted if less else found >= wanted) else "**no**",
        ]
        for what, where, wanted, found, less in [
            *_by_size(measured),
            *_of_many(gain_of_many),
            *_growth(measured),
        ]
    ]
    return Table(
        title="Goals", columns=["ratio", "stations", "wanted", "found", "reached"], rows=rows
    )


def _by_size(measured: Measured) -> Iterator[Goal]:
    for (size, variant), rounds in measured.items():
        where = f"{size:,}, {variant}"
        ours = _per_second(rounds, SERVICE)
        share = ratio(ours, _per_second(rounds, BARE))
        yield "service ÷ bare view", where, _OF_BARE[variant], share, False
        for peer, wanted in _TIMES.items():
            if peer in rounds.seen:
                yield (
                    f"service ÷ {peer}",
                    where,
                    wanted,
                    ratio(ours, _per_second(rounds, peer)),
                    False,
                )
        p50 = rounds.median(SERVICE, lambda load: load.p50_ms)
        p99 = rounds.median(SERVICE, lambda load: load.p99_ms)
        yield "p99 ÷ p50", where, _TAIL, ratio(p99, p50), True


def _of_many(gain_of_many: Mapping[int, float]) -> Iterator[Goal]:
    for size, gain in gain_of_many.items():
        yield "1,000 requests ÷ one POST, in time", f"{size:,}", _MANY, gain, False


def _growth(measured: Measured) -> Iterator[Goal]:
    """Compare shares of the bare view: the sizes are not measured in the same minutes."""
    sizes = sorted(size for size, variant in measured if variant == PLAIN)
    if len(sizes) > 1:
        small, large = (_share(measured[size, PLAIN]) for size in (sizes[0], sizes[-1]))
        where = f"{sizes[0]:,} → {sizes[-1]:,}"
        yield "loss by growth", where, _GROWTH, 1 - ratio(large, small), True


def _share(rounds: Rounds[Load]) -> float:
    return _per_second(rounds, SERVICE) / _per_second(rounds, BARE)


def _per_second(rounds: Rounds[Load], name: str) -> float:
    return rounds.median(name, lambda load: load.per_second)
