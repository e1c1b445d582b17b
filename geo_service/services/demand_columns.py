"""The figures of demand as columns of a row, beside those of the ground."""

from typing import Any, Final

from geo_service.domain.demand_coverage import DemandFigures, UnitDemand, WeightedDistances

Columns = dict[str, Any]

_NEAREST: Final = (
    *("demand_nearest_mean_m", "demand_nearest_median_m"),
    *("demand_nearest_p90_m", "demand_nearest_max_m"),
)
# What a figure of the domain is called in a row; reasons for a null go by the same names.
_COLUMN_OF: Final = {
    "share": "demand_coverage",
    "cross_share": "demand_cross_coverage",
    "nearest": "demand_nearest",
    "stations_per_10000": "stations_per_10000_demand",
    "capacity": "capacity",
    "capacity_per_10000": "capacity_per_10000_demand",
    "supply_per_10000": "supply_2sfca_per_10000",
    "near_supply_per_10000": "supply_e2sfca_per_10000",
}
_COLUMNS: Final = (
    *("demand_points", "demand", "demand_covered", "demand_uncovered", "demand_coverage"),
    *("demand_cross_covered", "demand_cross_coverage", "demand_unreachable"),
    *_NEAREST,
    *("stations_per_10000_demand", "capacity", "stations_without_capacity"),
    *("capacity_per_10000_demand", "supply_2sfca_per_10000", "supply_e2sfca_per_10000"),
)


def demand_columns(figures: DemandFigures | None) -> Columns:
    """Lay the figures of demand out flat; all null for a unit whose outline is not known."""
    if figures is None:
        return dict.fromkeys(_COLUMNS)
    values = (
        figures.points,
        rounded(figures.demand, 2),
        rounded(figures.covered, 2),
        rounded(figures.uncovered, 2),
        rounded(figures.share, 5),
        rounded(figures.crossed, 2),
        rounded(figures.cross_share, 5),
        rounded(figures.unreachable, 2),
        *_metres(figures.nearest),
        rounded(figures.stations_per_10000, 4),
        figures.capacity,
        figures.stations_without_capacity,
        rounded(figures.capacity_per_10000, 4),
        rounded(figures.supply_per_10000, 4),
        rounded(figures.near_supply_per_10000, 4),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def demand_reasons(unit: UnitDemand) -> dict[str, str]:
    """Say why columns of a unit are null."""
    if unit.figures is None:
        return dict.fromkeys(_COLUMNS, unit.why_none or "")
    return figures_reasons(unit.figures)


def figures_reasons(figures: DemandFigures) -> dict[str, str]:
    """Say why columns of these figures are null."""
    return {_COLUMN_OF[name]: reason for name, reason in figures.missing.items()}


def rounded(value: float | None, digits: int, factor: float = 1.0) -> float | None:
    """Round a figure for a row; None stays None."""
    return None if value is None else round(value * factor, digits)


def _metres(nearest: WeightedDistances | None) -> tuple[float | None, ...]:
    if nearest is None:
        return (None,) * len(_NEAREST)
    metres = (nearest.mean_m, nearest.median_m, nearest.p90_m, nearest.max_m)
    return tuple(round(each, 1) for each in metres)
