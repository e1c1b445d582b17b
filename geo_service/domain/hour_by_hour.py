"""Which share of units is covered while some of the stations are open and others are not."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.covered_ground import covered_areas
from geo_service.domain.ground_figures import discs_about
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Reach
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey

# As in ``coverage``: this much short of everything is everything.
_ROUNDING = 1e-9


def ground_shares(
    survey: Survey, stations: Sequence[Station], radius: Metres
) -> tuple[NDArray[np.float64], float]:
    """Return the share of each unit's ground within a straight line of any station, and of all.

    The same as ``coverage.measure`` has, without the rest; NaN where no outline is known.
    """
    shares = np.full(len(survey.units), np.nan)
    if not survey.grounds:
        return shares, np.nan
    discs = discs_about(stations, radius=radius, crs=survey.crs)
    found = covered_areas(survey.outlines, discs).once / shapely.area(survey.outlines)
    found = np.where(found > 1 - _ROUNDING, 1.0, found)
    shares[[each.ground is not None for each in survey.units]] = found
    areas = np.array([ground.area_m2 for ground in survey.grounds])
    return shares, float(found @ areas / areas.sum())


def demand_shares(
    demand: PlacedDemand, reach: Reach, sites: NDArray[np.intp]
) -> tuple[NDArray[np.float64], float]:
    """Return the share of each unit's demand within reach of some of the sites, and of all.

    ``reach`` is of all sites; so the way to them is measured once, whichever are open when.
    NaN where there is no demand.
    """
    counts = np.zeros(reach.sites, dtype=bool)
    counts[sites] = True
    covered = np.bincount(reach.place[counts[reach.site]], minlength=reach.places) > 0
    weight, units = demand.points.weight, len(demand.survey.units)
    # Those in no unit are counted first, and left out.
    which = demand.unit_of + 1
    whole = np.bincount(which, weights=weight, minlength=units + 1)[1:]
    part = np.bincount(which, weights=np.where(covered, weight, 0.0), minlength=units + 1)[1:]
    shares = np.divide(part, whole, out=np.full(units, np.nan), where=whole > 0)
    total = float(weight.sum())
    return shares, float(np.where(covered, weight, 0.0).sum()) / total if total else np.nan
