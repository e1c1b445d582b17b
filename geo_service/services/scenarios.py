"""Save scenarios and give them out again; who made one holds a token that changes it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_service.domain.errors import ScenarioTokenError, TooManyScenariosError
from geo_service.domain.register import Register
from geo_service.domain.scenario import Draft, Scenario, apply
from geo_service.persistence.database import Database
from geo_service.persistence.scenarios import ScenarioStore

MOST_KEPT: Final = 1000
MOST_WAITING: Final = 20
MOST_LISTED: Final = 200

_ID_BYTES: Final = 16
_TOKEN_BYTES: Final = 24
_SOLVED_SOON_S: Final = 60
_ROOM_SOME_DAY_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A scenario that was saved, and the token that its maker alone is given."""

    id: str
    token: str


def save_scenario(
    database: Database,
    register: Register,
    draft: Draft,
    *,
    suggestion: Mapping[str, Any] | None = None,
) -> Kept:
    """Keep a scenario; one with a suggestion waits until its sites are chosen.

    Raises:
        InvalidQueryError: an edit does not fit the register.
        TooManyScenariosError: no room is left, or too many wait to be solved.
        RegisterNotWritableError: the database takes nothing now.
    """
    apply(register, draft.edits)
    kept = Kept(id=secrets.token_urlsafe(_ID_BYTES), token=secrets.token_urlsafe(_TOKEN_BYTES))
    with database.transaction() as session:
        store = ScenarioStore(session)
        numbers = store.numbers()
        if numbers.kept >= MOST_KEPT:
            raise TooManyScenariosError(
                f"{MOST_KEPT:,} scenarios are kept, and no more; somebody has to delete one first",
                again_in_s=_ROOM_SOME_DAY_S,
            )
        if suggestion is not None and numbers.waiting >= MOST_WAITING:
            raise TooManyScenariosError(
                f"{MOST_WAITING} suggestions wait to be solved already", again_in_s=_SOLVED_SOON_S
            )
        store.add(
            kept.id,
            draft,
            token_hash=_hash(kept.token),
            revision=register.revision.number,
            suggestion=suggestion,
        )
    return kept


def saved_scenario(database: Database, scenario_id: str) -> Scenario:
    """Return a scenario, or raise ScenarioNotFoundError or RegisterUnavailableError."""
    with database.transaction() as session:
        return ScenarioStore(session).one(scenario_id)


def saved_scenarios(database: Database, *, unlisted: bool = False) -> tuple[Scenario, ...]:
    """Return the scenarios that are listed (the operator may see all), the newest first."""
    with database.transaction() as session:
        return ScenarioStore(session).newest(
            limit=MOST_KEPT if unlisted else MOST_LISTED, listed_only=not unlisted
        )


def is_maker(database: Database, scenario_id: str, token: str | None) -> bool:
    """Say whether a token is that of a scenario, or raise ScenarioNotFoundError."""
    with database.transaction() as session:
        return _fits(ScenarioStore(session), scenario_id, token)


def cancel_scenario(database: Database, scenario_id: str, token: str | None) -> None:
    """End the search for a scenario's sites; the best found so far are kept.

    Raises:
        ScenarioNotFoundError: there is no such scenario.
        ScenarioTokenError: the token is not its own.
    """
    with database.transaction() as session:
        store = ScenarioStore(session)
        _refuse_strangers(store, scenario_id, token)
        store.cancel(scenario_id)


def remove_scenario(database: Database, scenario_id: str, token: str | None) -> None:
    """Forget a scenario; raises as ``cancel_scenario`` does."""
    with database.transaction() as session:
        store = ScenarioStore(session)
        _refuse_strangers(store, scenario_id, token)
        store.remove(scenario_id)


def remove_as_operator(database: Database, scenario_id: str) -> None:
    """Forget a scenario without its token, or raise ScenarioNotFoundError."""
    with database.transaction() as session:
        ScenarioStore(session).remove(scenario_id)


def _refuse_strangers(store: ScenarioStore, scenario_id: str, token: str | None) -> None:
    if not _fits(store, scenario_id, token):
        raise ScenarioTokenError("this needs the token that was given out with the scenario")


def _fits(store: ScenarioStore, scenario_id: str, token: str | None) -> bool:
    kept = store.token_hash(scenario_id)
    return token is not None and hmac.compare_digest(_hash(token), kept)


def _hash(token: str) -> str:
    # A token is 24 random bytes: there is nothing that a slow hash would protect it from.
    return hashlib.sha256(token.encode()).hexdigest()
