"""What each further site would bring: a small chart made here, with its figures beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 560
HEIGHT: Final = 220
_LEFT: Final = 12
_RIGHT: Final = 12
_TOP: Final = 24
_BOTTOM: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One number of sites: where it stands on the drawing, and whether it is proven."""

    sites: int
    x: float
    y: float
    value: float
    proven: bool
    labelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points in order of their sites, and the line through them."""

    marks: tuple[Mark, ...]
    line: str
    base: float


def curve_of(points: Sequence[Mapping[str, Any]]) -> Curve | None:
    """Draw the points that have an objective; None where that are fewer than two."""
    known = [each for each in points if each["objective"] is not None]
    if len(known) < 2:  # one point makes no curve
        return None
    most_sites = max(each["sites"] for each in known)
    least_sites = min(each["sites"] for each in known)
    largest = max(each["objective"] for each in known) or 1.0
    across = (WIDTH - _LEFT - _RIGHT) / max(1, most_sites - least_sites)
    high = HEIGHT - _TOP - _BOTTOM
    every = max(1, len(known) // 10)
    marks = tuple(
        Mark(
            sites=each["sites"],
            x=round(_LEFT + (each["sites"] - least_sites) * across, 1),
            y=round(_TOP + high * (1 - max(0.0, each["objective"] / largest)), 1),
            value=each["objective"],
            proven=each["status"] == "optimal",
            labelled=number % every == 0 or number == len(known) - 1,
        )
        for number, each in enumerate(known)
    )
    return Curve(
        marks=marks,
        line="M" + "L".join(f"{mark.x} {mark.y}" for mark in marks),
        base=HEIGHT - _BOTTOM,
    )
