"""The area that a polygon and a disc have in common, exactly: no arc is made of chords."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shared_with_disc(begin: Floats, end: Floats, radius: Floats) -> Floats:
    """Return what each edge adds to the area that its polygon shares with a disc.

    The area is the sum over the polygon's edges, counterclockwise. Seen from the disc's centre an
    edge spans a triangle; of that, what lies beyond the circle is replaced by a sector.

    Args:
        begin: where edges begin, relative to the disc's centre, shape (…, 2).
        end: where they end, likewise.
        radius: of the disc, shape (…) or one that broadcasts to it.

    Returns:
        Signed areas, shape (…), in the unit of the coordinates squared.
    """
    along = end - begin
    length2 = np.einsum("...k,...k->...", along, along)
    half = np.einsum("...k,...k->...", begin, along)
    begin2 = np.einsum("...k,...k->...", begin, begin)
    radius2 = radius * radius
    root = np.sqrt(np.maximum(half * half - length2 * (begin2 - radius2), 0.0))
    # An edge of no length spans nothing, wherever it is taken to meet the circle.
    length2 = np.where(length2 > 0, length2, 1.0)
    inward = np.clip((-half - root) / length2, 0.0, 1.0)
    outward = np.clip((-half + root) / length2, 0.0, 1.0)
    first = begin + inward[..., None] * along
    second = begin + outward[..., None] * along
    sectors = radius2 * (_angle(begin, first) + _angle(second, end))
    area: Floats = (sectors + _cross(first, second)) / 2
    return area


def polygons_in_discs(corners: Floats, radius: Floats) -> Floats:
    """Return the area each polygon shares with a disc about the origin.

    ``corners`` has shape (m, k, 2), counterclockwise and relative to the disc's centre;
    ``radius`` shape (m,).
    """
    ends = np.roll(corners, -1, axis=1)
    return np.asarray(shared_with_disc(corners, ends, radius[:, None]).sum(axis=1))


def _cross(one: Floats, other: Floats) -> Floats:
    area: Floats = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return area


def _angle(one: Floats, other: Floats) -> Floats:
    angle: Floats = np.arctan2(_cross(one, other), np.einsum("...k,...k->...", one, other))
    return angle
