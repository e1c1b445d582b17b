"""What `geo-service suggest` makes of the register: the question put, the answer as JSON."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from geo_service.cli import options
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum
from geo_service.domain.register import Register
from geo_service.persistence.candidate_files import read_candidates, read_excluded
from geo_service.runtime import streets_of, walking_of
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of
from geo_service.services.siting import (
    CandidateSites,
    CandidateSource,
    Suggestion,
    SuggestionQuery,
    Watch,
    suggest,
)


def from_register(given: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Ask the register where next; returns the answer as JSON has it."""
    with opened() as connection:
        register = connection.register()
        query = SuggestionQuery(
            goal=given["goal"],
            sites=given["sites"],
            radius=None if given["radius"] is None else Metres(given["radius"]),
            candidates=_candidates(given["candidates"], given["datum"]),
            required=_required(given["require"], given["datum"]),
            excluded=None
            if given["exclude"] is None
            else read_excluded(given["exclude"], _datum(given["datum"], given["exclude"])),
            conditions=options.conditions(given["service"], given["group"], given["amenity"]),
            distances=distances_of(
                given["distance"],
                walking_of(connection.settings),
                streets_of(connection.settings).network,
            ),
            curve=given["curve"],
            seconds=given["seconds"],
        )
        layer = given["demand"] and layer_of(register, connection.database, given["demand"])
        return document(register, suggest(register, layer or None, query, watch))


def _datum(datum: Datum | None, file: Path) -> Datum:
    if datum is None:
        raise click.UsageError(f"--datum is missing: what are the degrees in {file.name}?")
    return datum


def _candidates(given: str, datum: Datum | None) -> CandidateSource | CandidateSites:
    if given in set(CandidateSource):
        return CandidateSource(given)
    path = Path(given)
    if not path.is_file():
        words = ", ".join(CandidateSource)
        raise click.UsageError(f"--candidates {given!r} is neither a file nor one of {words}.")
    return _listed(path, datum, required=False)


def _required(path: Path | None, datum: Datum | None) -> CandidateSites | None:
    return None if path is None else _listed(path, datum, required=True)


def _listed(path: Path, datum: Datum | None, *, required: bool) -> CandidateSites:
    at, names = read_candidates(path, _datum(datum, path))
    return CandidateSites(at=at, names=names, required=np.full(len(at), required))


def document(register: Register, answer: Suggestion) -> dict[str, Any]:
    """Return a suggestion as JSON has it."""
    query = answer.query
    conditions = query.conditions
    return {
        "goal": answer.goal.value,
        "status": answer.status.value,
        "reason": answer.reason,
        "objective": answer.objective,
        "bound": answer.bound,
        "gap": answer.gap,
        "before": answer.before,
        "sites": [
            {
                "name": site.name,
                "lon": round(site.at.longitude, 6),
                "lat": round(site.at.latitude, 6),
                "required": site.required,
                "gained": site.gained,
            }
            for site in answer.sites
        ],
        "seconds": round(answer.seconds, 3),
        "new_sites": query.sites if answer.goal.needs_sites else None,
        "radius": query.radius if answer.goal.needs_radius else None,
        "distance_type": answer.distance_type.value,
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "layer": answer.layer,
        "unit": answer.unit,
        "estimate": answer.estimate,
        "demand": answer.demand,
        "demand_weight": answer.demand_total,
        "candidates": answer.candidates,
        "existing": answer.existing,
        "unreachable": [
            [round(each.longitude, 6), round(each.latitude, 6)] for each in answer.unreachable
        ],
        "unreachable_weight": answer.unreachable_demand,
        "curve": [
            {
                "sites": point.sites,
                "objective": point.objective,
                "bound": point.bound,
                "gap": point.gap,
                "status": point.status.value,
            }
            for point in answer.curve
        ],
        "notes": list(answer.notes),
        "place": register.place.name,
        "revision": answer.revision,
        "data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
    }
