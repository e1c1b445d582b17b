"""Saved scenarios in PostGIS, and the queue of those whose sites are still to be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo_service.domain.errors import ScenarioNotFoundError
from geo_service.domain.scenario import Draft, Edit, Scenario, ScenarioState, is_scenario_id
from geo_service.persistence.database import will_write
from geo_service.persistence.scenario_rows import edit_json, scenario_of, terms_json

# A machine that solves says so every second or two; one that is silent for so long is gone.
SILENT_AFTER_S: Final = 20

# By the database's clock alone: those of the machines may differ.
_SILENT: Final = f"heartbeat_at < now() - interval '{SILENT_AFTER_S} seconds'"
_COLUMNS: Final = f"""id, name, note, listed, revision, terms, edits, suggestion, progress, result,
    failure, created_at, changed_at,
    CASE WHEN state = 'solving' AND {_SILENT} THEN 'interrupted' ELSE state END AS state"""
_ONE: Final = text(f"SELECT {_COLUMNS} FROM scenario WHERE id = :id")  # noqa: S608 - constants
_LIST: Final = text(
    f"""SELECT {_COLUMNS} FROM scenario WHERE listed OR NOT :listed_only
        ORDER BY created_at DESC, id LIMIT :limit"""  # noqa: S608 - constants
)
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('scenario', 0))")
_COUNT: Final = text(
    "SELECT count(*) AS kept, count(*) FILTER (WHERE state = 'queued') AS waiting FROM scenario"
)
_ADD: Final = text(
    """INSERT INTO scenario
           (id, token_hash, name, note, listed, revision, terms, edits, suggestion, state)
       VALUES (:id, :token_hash, :name, :note, :listed, :revision, :terms, :edits, :suggestion,
           :state)"""
)
_TOKEN_HASH: Final = text("SELECT token_hash FROM scenario WHERE id = :id")
_REMOVE: Final = text("DELETE FROM scenario WHERE id = :id RETURNING id")
# Taken by one: whoever comes at the same time takes the next.
_CLAIM: Final = text(
    """UPDATE scenario SET state = 'solving', heartbeat_at = now(), changed_at = now()
       WHERE id = (SELECT id FROM scenario WHERE state = 'queued'
                   ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id"""
)
_BEAT: Final = text(
    """UPDATE scenario SET heartbeat_at = now(), progress = :progress
       WHERE id = :id AND state = 'solving' RETURNING cancel_wanted"""
)
_CANCEL: Final = text(
    f"""UPDATE scenario
        SET cancel_wanted = true, changed_at = now(),
            state = CASE WHEN state = 'queued' OR {_SILENT} THEN 'cancelled' ELSE state END
        WHERE id = :id AND state IN ('queued', 'solving')"""  # noqa: S608 - constants
)
_END: Final = text(
    """UPDATE scenario
       SET state = :state, result = :result, failure = :failure, changed_at = now(),
           progress = NULL, edits = coalesce(CAST(:edits AS jsonb), edits),
           revision = coalesce(CAST(:revision AS bigint), revision)
       WHERE id = :id AND state = 'solving'"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the search for sites; what is None stays as it was."""

    state: ScenarioState
    result: Mapping[str, Any] | None = None
    failure: str | None = None
    edits: tuple[Edit, ...] | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How many scenarios are kept, and how many of them wait to be solved."""

    kept: int
    waiting: int


class ScenarioStore:
    """The saved scenarios as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def one(self, scenario_id: str) -> Scenario:
        """Return a scenario, or raise ScenarioNotFoundError."""
        if is_scenario_id(scenario_id):
            rows = self._session.execute(_ONE, {"id": scenario_id}).mappings()
            if (row := rows.one_or_none()) is not None:
                return scenario_of(row)
        raise _none(scenario_id)

    def newest(self, *, limit: int, listed_only: bool) -> tuple[Scenario, ...]:
        """Return scenarios, the newest first."""
        asked = {"limit": limit, "listed_only": listed_only}
        return tuple(map(scenario_of, self._session.execute(_LIST, asked).mappings()))

    def numbers(self) -> Numbers:
        """Count them; until the transaction's end nobody else does, to add one."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN)
        return Numbers(**self._session.execute(_COUNT).mappings().one())

    def add(
        self,
        scenario_id: str,
        draft: Draft,
        *,
        token_hash: str,
        revision: int,
        suggestion: Mapping[str, Any] | None,
    ) -> None:
        """Keep a scenario; one with a suggestion waits to be solved."""
        will_write(self._session)
        state = ScenarioState.READY if suggestion is None else ScenarioState.QUEUED
        self._session.execute(
            _ADD,
            {
                "id": scenario_id,
                "token_hash": token_hash,
                "name": draft.name,
                "note": draft.note,
                "listed": draft.listed,
                "revision": revision,
                "terms": Jsonb(terms_json(draft.terms)),
                "edits": _edits_json(draft.edits),
                "suggestion": _json(suggestion),
                "state": state.value,
            },
        )

    def token_hash(self, scenario_id: str) -> str:
        """Return the hash of the token that changes a scenario, or raise ScenarioNotFoundError."""
        if is_scenario_id(scenario_id):
            found = self._session.scalar(_TOKEN_HASH, {"id": scenario_id})
            if found is not None:
                return str(found)
        raise _none(scenario_id)

    def remove(self, scenario_id: str) -> None:
        """Forget a scenario, or raise ScenarioNotFoundError; if it is being solved, that ends."""
        will_write(self._session)
        if not is_scenario_id(scenario_id) or (
            self._session.execute(_REMOVE, {"id": scenario_id}).one_or_none() is None
        ):
            raise _none(scenario_id)

    # -- the queue -------------------------------------------------------------------------

    def claim(self) -> str | None:
        """Take the scenario that has waited longest; None where none waits."""
        will_write(self._session)
        found = self._session.scalar(_CLAIM)
        return None if found is None else str(found)

    def beat(self, scenario_id: str, progress: Mapping[str, Any] | None) -> bool:
        """Say that it is being solved, and how far; return whether to go on."""
        will_write(self._session)
        asked = {"id": scenario_id, "progress": _json(progress)}
        row = self._session.execute(_BEAT, asked).one_or_none()
        return row is not None and not row[0]

    def cancel(self, scenario_id: str) -> None:
        """End the search for sites: at once if it has not begun, else when it next looks."""
        will_write(self._session)
        self._session.execute(_CANCEL, {"id": scenario_id})

    def end(self, scenario_id: str, outcome: Outcome) -> None:
        """Keep what became of the search; nothing, if it is no longer searched for."""
        will_write(self._session)
        self._session.execute(
            _END,
            {
                "id": scenario_id,
                "state": outcome.state.value,
                "result": _json(outcome.result),
                "failure": outcome.failure,
                "edits": None if outcome.edits is None else _edits_json(outcome.edits),
                "revision": outcome.revision,
            },
        )


def _edits_json(edits: Sequence[Edit]) -> Jsonb:
    return Jsonb([edit_json(each) for each in edits])


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(dict(value))


def _none(scenario_id: str) -> ScenarioNotFoundError:
    return ScenarioNotFoundError(f"no scenario has the identifier {scenario_id!r}")
