"""Make a database ready to serve: its schema, and a first register."""

from collections.abc import Callable
from pathlib import Path

from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.persistence.dataset import read_dataset
from geo_service.persistence.register import RegisterStore


def prepare(owner_url: str, data: Path, say: Callable[[str], None]) -> None:
    """Migrate a database, and load a data folder if nothing was ever loaded."""
    if migrate.pending(owner_url):
        say("Bringing the database schema up to date")
        migrate.upgrade(owner_url)
    database = Database.connect(owner_url)
    try:
        with database.transaction() as session:
            if RegisterStore(session).revision_number() is not None:
                return
        say(f"Loading the register from {data}")
        number, stations = load_folder(database, data, author="start", reason="first load")
        say(f"Loaded {stations} stations as revision {number}")
    finally:
        database.engine.dispose()


def load_folder(database: Database, folder: Path, *, author: str, reason: str) -> tuple[int, int]:
    """Replace the register by a data folder, in one transaction, or raise DatasetError.

    Returns the revision made and the number of stations.
    """
    dataset = read_dataset(folder)
    with database.transaction() as session:
        number = RegisterStore(session).replace(dataset, author=author, reason=reason)
    return number, len(dataset.stations)
