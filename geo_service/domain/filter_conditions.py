"""Conditions on stations, evaluated over a whole register at once.

As in SQL, a condition on what is not known is neither true nor false, and so is its opposite:
a station is kept where the whole is true.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.filter_properties import Columns, Property

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """Of which stations a condition is true, and of which it is false; of others, nobody knows."""

    true: Truths
    false: Truths

    def opposite(self) -> "Verdict":
        """Return the verdict on the opposite."""
        return Verdict(self.false, self.true)


class Node(Protocol):
    """A condition, or conditions put together."""

    @property
    def text(self) -> str:
        """Return it in CQL2 text, always written in the same way."""

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""


@dataclass(frozen=True)
class StationCondition:
    """What must hold of a station; equal to any other that is written the same.

    ``text`` is that way of writing it: CQL2 text, with coordinates on WGS 84.
    """

    text: str
    root: Node = field(compare=False, repr=False)

    def holds(self, columns: Columns) -> Truths:
        """Say of each station, by its number, whether it is kept."""
        return self.root.of(columns).true


@dataclass(frozen=True, slots=True)
class Both:
    """All of several conditions."""

    parts: Sequence[Node]

    @property
    def text(self) -> str:
        """Return it in CQL2 text."""
        return " AND ".join(bracketed(each, Either) for each in self.parts)

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        return reduce(
            lambda one, other: Verdict(one.true & other.true, one.false | other.false),
            (each.of(columns) for each in self.parts),
        )


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of several conditions."""

    parts: Sequence[Node]

    @property
    def text(self) -> str:
        """Return it in CQL2 text."""
        return " OR ".join(each.text for each in self.parts)

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        return reduce(
            lambda one, other: Verdict(one.true | other.true, one.false & other.false),
            (each.of(columns) for each in self.parts),
        )


@dataclass(frozen=True, slots=True)
class Opposite:
    """That a condition is false."""

    part: Node

    @property
    def text(self) -> str:
        """Return it in CQL2 text."""
        return f"NOT {bracketed(self.part, Both, Either, Opposite)}"

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        return self.part.of(columns).opposite()


@dataclass(frozen=True, slots=True)
class Always:
    """The same of every station."""

    truth: bool

    @property
    def text(self) -> str:
        """Return it in CQL2 text."""
        return "TRUE" if self.truth else "FALSE"

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        truths = np.full(len(columns), self.truth)
        return Verdict(truths, ~truths)


@dataclass(frozen=True, slots=True)
class NotKnown:
    """That nobody knows a property."""

    about: Property

    @property
    def text(self) -> str:
        """Return it in CQL2 text."""
        return f"{self.about.name} IS NULL"

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        column = columns.of(self.about)
        truths = np.array([each is None for each in column.values], np.bool_)[column.value_of]
        return Verdict(truths, ~truths)


@dataclass(frozen=True, slots=True)
class Test:
    """What a property's value must be; each different value is looked at once."""

    about: Property
    text: str
    passes: Callable[[Any], bool]

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        column = columns.of(self.about)
        known = np.array([each is not None for each in column.values], np.bool_)
        passed = np.array(
            [each is not None and self.passes(each) for each in column.values], np.bool_
        )
        return Verdict(passed[column.value_of], (known & ~passed)[column.value_of])


Relation = Callable[[shapely.Geometry, NDArray[np.float64], NDArray[np.float64]], Truths]


@dataclass(frozen=True, slots=True)
class Lies:
    """How a station lies to a geometry, in the plane of degrees."""

    text: str
    relation: Relation
    geometry: shapely.Geometry

    def of(self, columns: Columns) -> Verdict:
        """Judge all stations."""
        # One of its own: what is prepared is laid out while it is used, and others may use this.
        geometry = shapely.from_wkb(shapely.to_wkb(self.geometry))
        shapely.prepare(geometry)
        truths = self.relation(geometry, *columns.degrees)
        return Verdict(truths, ~truths)


def bracketed(node: Node, *kinds: type) -> str:
    """Return a condition's text, in brackets where it is of these kinds."""
    return f"({node.text})" if isinstance(node, kinds) else node.text


# -- a station is one place, so of the relations of two geometries only these are left ------------


def meets(geometry: shapely.Geometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> Truths:
    """Say which places are in a geometry or on its edge."""
    return np.asarray(shapely.intersects_xy(geometry, x, y), np.bool_)


def is_apart(geometry: shapely.Geometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> Truths:
    """Say which places are neither in a geometry nor on its edge."""
    return ~meets(geometry, x, y)


def is_inside(geometry: shapely.Geometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> Truths:
    """Say which places are in a geometry, not on its edge."""
    return np.asarray(shapely.contains_xy(geometry, x, y), np.bool_)


def is_on_edge(
    geometry: shapely.Geometry, x: NDArray[np.float64], y: NDArray[np.float64]
) -> Truths:
    """Say which places are on a geometry's edge."""
    return meets(geometry, x, y) & ~is_inside(geometry, x, y)


def is_all_of(geometry: shapely.Geometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> Truths:
    """Say which places are the geometry: which then is one place, however often it is named."""
    corners = np.unique(shapely.get_coordinates(geometry), axis=0)
    if len(corners) > 1:
        return np.zeros(len(x), np.bool_)
    return np.asarray((x == corners[0][0]) & (y == corners[0][1]), np.bool_)


def never(_: shapely.Geometry, x: NDArray[np.float64], __: NDArray[np.float64]) -> Truths:
    """Say of no place that it crosses or overlaps a geometry: it has nothing to do that with."""
    return np.zeros(len(x), np.bool_)
