"""Make a database ready to serve: its schema, and a first register."""

from collections.abc import Callable
from pathlib import Path

from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.persistence.dataset import read_dataset
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings


def prepare(
    settings: Settings, owner_url: str, service_url: str, say: Callable[[str], None]
) -> None:
    """Migrate a database, and load the data folder if nothing was ever loaded.

    The schema is its owner's business; the register is written by the role that serves it.
    """
    bring_up_to_date(owner_url, say)
    database = Database.connect(service_url)
    try:
        with database.transaction() as session:
            if RegisterStore(session).revision_number() is not None:
                return
        say(f"Loading the register from {settings.data} …")
        dataset = read_dataset(settings.data)
        with database.transaction() as session:
            store = RegisterStore(session)
            store.take_turn()
            if store.revision_number() is None:  # else another start was faster
                store.replace(dataset, author="geo-service serve", reason="first load")
        say(f"  {len(dataset.stations)} stations")
    finally:
        database.engine.dispose()


def bring_up_to_date(owner_url: str, say: Callable[[str], None]) -> None:
    """Migrate a database whose schema is behind."""
    if migrate.pending(owner_url):
        say("Bringing the database schema up to date …")
        migrate.upgrade(owner_url)


def load_folder(database: Database, folder: Path, *, author: str, reason: str) -> tuple[int, int]:
    """Replace the register by a data folder, in one transaction, or raise DatasetError.

    Returns the revision made and the number of stations.
    """
    dataset = read_dataset(folder)
    with database.transaction() as session:
        number = RegisterStore(session).replace(dataset, author=author, reason=reason)
    return number, len(dataset.stations)
