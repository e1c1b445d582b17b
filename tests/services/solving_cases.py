"""Searches for sites, saved and waited for."""

import time
from pathlib import Path

from geo_service.domain.register import Overrides, Register
from geo_service.domain.scenario import Draft, Edit, Scenario
from geo_service.domain.walking import Walking
from geo_service.persistence.database import Database
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.services.scenarios import Kept, save_scenario, saved_scenario
from geo_service.services.solving import Solvers
from geo_service.services.wish import Wish
from tests.support.scenarios import terms

PATIENCE_S = 60.0


def solvers_at(home: Path, database: Database) -> Solvers:
    """What sees to the queue of a machine whose workers meet there."""
    return Solvers(
        database=database,
        home=home,
        overrides=Overrides(),
        walking=Walking(),
        streets=StreetNetworkFile(home / "streets.npz"),
    )


def save(database: Database, town: Register, wish: Wish, *edits: Edit) -> Kept:
    """Save a scenario whose sites are to be chosen."""
    draft = Draft(name="下一批", terms=terms(), edits=edits)
    return save_scenario(database, town, draft, suggestion=wish.to_json())


def over(database: Database, kept: Kept) -> Scenario:
    """Wait until nothing more will change."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := saved_scenario(database, kept.id)).state.is_over:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found
