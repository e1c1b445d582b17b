"""Demand layers: which there are, their points, and how they are loaded and removed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import (
    MOST_POINTS,
    POPULATION,
    DemandLabel,
    DemandLayer,
    DemandLayerId,
    DemandSummary,
    summary_of,
)
from geo_service.domain.errors import (
    DatasetError,
    DemandLayerNotFoundError,
    Fault,
    RegisterUnavailableError,
)
from geo_service.domain.place import Claim
from geo_service.domain.register import Register
from geo_service.domain.residents import residents
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import DataStatus
from geo_service.persistence.database import Database
from geo_service.persistence.demand import DemandStore
from geo_service.persistence.demand_files import MOST_FAULTS, ReadDemand, read_demand
from geo_service.services.notes import Language

# Some five large layers, 40 MB; names come on top.
_POINTS_KEPT: Final = 5 * MOST_POINTS

# A published total of people served. It says how many, not where: never a layer.
_TOTAL_SERVED: Final = "_served"

_DEMONSTRATION: Final = {
    "zh": "演示数据：需求图层“{name}”是为演示而编造的。",
    "en": "演示数据 · Demonstration data: the demand layer “{name}” was made up.",
}


class _Kept:
    """The layers of one database that were read lately, by identifier; each has its version."""

    def __init__(self) -> None:
        self.layers: LRUCache[DemandLayerId, DemandLayer] = LRUCache(
            _POINTS_KEPT, getsizeof=lambda layer: len(layer.points)
        )
        self.reading = threading.Lock()


_LOADED: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()
_RESIDENTS: WeakKeyDictionary[Register, DemandLayer] = WeakKeyDictionary()


def layer_of(register: Register, database: Database, layer_id: str) -> DemandLayer:
    """Return a layer with its points; read once for each of its versions.

    Where the database does not answer, the version that was read last is still given out.

    Raises:
        DemandLayerNotFoundError: there is no such layer.
        RegisterUnavailableError: it cannot be read now, and never was.
    """
    asked = DemandLayerId(layer_id)
    return _residents(register) if asked == POPULATION else _loaded(database, asked)


def layers(register: Register, database: Database) -> tuple[DemandSummary, ...]:
    """Return all layers without their points: the built-in one, then the others by identifier."""
    with database.transaction() as session:
        loaded = DemandStore(session).summaries()
    try:
        return (summary_of(_residents(register)), *loaded)
    except DemandLayerNotFoundError:
        return loaded


def claimed_totals(register: Register) -> tuple[Claim, ...]:
    """Return the published totals of people served: claims, which stand nowhere on a map."""
    return tuple(claim for claim in register.claims if claim.key.endswith(_TOTAL_SERVED))


def layer_notes(summary: DemandSummary, language: Language) -> tuple[str, ...]:
    """Say what to know before trusting a figure made with a layer."""
    notes = []
    if summary.data_status is DataStatus.DEMONSTRATION:
        notes.append(_DEMONSTRATION[language].format(name=name_in(summary, language)))
    notes += [text for text in (summary.estimate, summary.note) if text]
    return tuple(notes)


def name_in(layer: DemandSummary | DemandLayer, language: Language) -> str:
    """Return what a layer is called, in English where it has an English name."""
    return layer.name_en if language == "en" and layer.name_en else layer.name


def unit_in(layer: DemandSummary | DemandLayer, language: Language) -> str:
    """Return what a layer's weights count."""
    return layer.unit_en if language == "en" and layer.unit_en else layer.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedLayer:
    """What was loaded, and which places of the file lie outside the area served."""

    summary: DemandSummary
    outside: Sequence[int]
    by: str


def load_layer(  # noqa: PLR0913 - the parts of a load, each with its name
    register: Register,
    database: Database,
    file: Path,
    label: DemandLabel,
    *,
    served: ServedArea,
    allow_outside: bool = False,
) -> LoadedLayer:
    """Keep the layer in a file, in the place of one of the same identifier: whole or not at all.

    Raises:
        DatasetError: the file has faults, or points outside the area served that are not allowed.
    """
    read = read_demand(file, label.datum)
    outside = served.outside(register, read.points.at)
    if outside and not allow_outside:
        raise DatasetError(_outside_faults(register, file.name, read, outside))
    with database.transaction() as session:
        version = DemandStore(session).save(label, read.points)
    return LoadedLayer(
        summary=summary_of(label.layer(read.points, version=version)),
        outside=[read.places[each] for each in outside],
        by=read.by,
    )


def remove_layer(database: Database, layer_id: str) -> None:
    """Forget a layer, or raise DemandLayerNotFoundError; the built-in one cannot be removed."""
    if layer_id == POPULATION:
        raise DemandLayerNotFoundError(
            f"{POPULATION} is made from the register's own figures and cannot be removed"
        )
    with database.transaction() as session:
        DemandStore(session).remove(DemandLayerId(layer_id))


def _residents(register: Register) -> DemandLayer:
    made = _RESIDENTS.get(register)
    if made is None:
        made = _RESIDENTS[register] = residents(register)
    return made


def _loaded(database: Database, layer_id: DemandLayerId) -> DemandLayer:
    kept = _LOADED.setdefault(database, _Kept())
    # One at a time: ten planners who choose the same layer should cost one reading.
    with kept.reading:
        held = kept.layers.get(layer_id)
        try:
            with database.transaction() as session:
                store = DemandStore(session)
                if held is None or store.version(layer_id) != held.version:
                    held = kept.layers[layer_id] = store.one(layer_id)
        except RegisterUnavailableError:
            if held is None:
                raise
        except DemandLayerNotFoundError:
            kept.layers.pop(layer_id, None)
            raise
    return held


def _outside_faults(
    register: Register, file: str, read: ReadDemand, outside: Sequence[int]
) -> list[Fault]:
    faults = [
        Fault(
            file=file,
            reason=f"lies outside the area served by {register.place.name}"
            + _swapped(register, read.points.at, each),
            row=read.places[each] if read.by == "row" else None,
            column=None if read.by == "row" else f"{read.by} {read.places[each]}",
            value=_degrees(read.points.at, each),
        )
        for each in outside[:MOST_FAULTS]
    ]
    if len(outside) > MOST_FAULTS:
        faults.append(Fault(file=file, reason=f"{len(outside):,} points in all lie outside"))
    return faults


def _degrees(at: Coordinates, place: int) -> str:
    return f"{at.longitudes[place]:.6f},{at.latitudes[place]:.6f}"


def _swapped(register: Register, at: Coordinates, place: int) -> str:
    bounds = register.bounds
    if bounds is None:
        return ""
    x, y = at.latitudes[[place]], at.longitudes[[place]]
    return "; longitude and latitude seem to be swapped" if bounds.contain(x, y)[0] else ""
