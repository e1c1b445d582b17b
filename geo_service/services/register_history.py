"""Ask the register's past, and take a change of it back."""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import UndoRefusedError
from geo_service.domain.past import Fates, LoggedChange, PastRevision
from geo_service.domain.station import Station, StationId
from geo_service.domain.undoing import UNFIT, Resolution, UndoStep, undo_step
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.history import HistoryStore

_STEPS_NAMED: Final = 200  # of those in the way; somebody reads them


# -- the past --------------------------------------------------------------------------------


def revision_of_day(history: HistoryStore, day: date, zone: tzinfo) -> int:
    """Return the revision that a day of the place ended with; of a day to come, the present one.

    Raises:
        HistoryNotKeptError: the history begins later.
    """
    if day == date.max:
        return history.last()
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return history.revision_at(midnight)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesSince:
    """Changes of stations in order; ``until`` is the revision that was the present one.

    With ``is_complete``, whoever applies them has the register of ``until``.
    """

    changes: tuple[LoggedChange, ...]
    until: int
    is_complete: bool


def changes_since(
    history: HistoryStore, revision: int, *, limit: int, following: StationId | None = None
) -> ChangesSince:
    """Return what changed since a revision, or since one station's turn in it.

    Raises:
        RevisionNotFoundError: there is no such revision yet.
        HistoryNotKeptError: it is older than the history, and not 0.
    """
    until = history.last()  # asked first: what is committed from here on is not told
    found = history.since(revision, until=until, limit=limit + 1, following=following)
    return ChangesSince(changes=tuple(found[:limit]), until=until, is_complete=len(found) <= limit)


# -- undoing ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoQuestion:
    """What is to be taken back: all that a revision did, or what it did to one station."""

    revision: int
    station_id: StationId | None = None
    resolution: Resolution = Resolution.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """What undoing comes to at the ``present`` revision.

    ``steps`` are those that were asked to be shown; ``in_the_way`` are stations with an obstacle,
    as far as they are to be named, ``obstacles`` is how many there are in all, and ``unfit`` how
    many of them no resolution helps.
    """

    question: UndoQuestion
    revision: PastRevision
    present: int
    fates: Fates
    unchanged: int
    obstacles: int
    unfit: int
    steps: tuple[UndoStep, ...]
    in_the_way: tuple[UndoStep, ...]

    @property
    def is_refused(self) -> bool:
        """Say whether nothing will be undone."""
        refuses = self.question.resolution is Resolution.REFUSE
        return (refuses and self.obstacles > 0) or self.fates.all == 0


def plan_undo(history: HistoryStore, question: UndoQuestion, *, shown: int = 0) -> UndoPlan:
    """Say what undoing would come to; ``shown`` steps that change something are kept.

    Raises:
        RevisionNotFoundError: there is no such revision.
        UndoRefusedError: it is the one that the history begins with.
    """
    return _Planning(history, question, shown=shown).plan


def _anything(_: Station) -> None:
    """Let every station be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoer:
    """Who takes a change back, why, and what they may.

    ``seen`` is the revision that they have seen the plan at. ``may_change`` raises for a station
    that they may not change.
    """

    author: str
    reason: str
    seen: int | None = None
    may_change: Callable[[Station], None] = _anything


def undo(
    history: HistoryStore, changes: ChangeStore, question: UndoQuestion, by: Undoer
) -> UndoPlan:
    """Take a change back; the plan's ``present`` is then the revision that this made.

    Raises:
        RevisionNotFoundError: there is no such revision.
        UndoRefusedError: later changes are in the way, or there is nothing to undo.
        StationChangedError: a station was changed after what ``by`` has seen; nothing is written.
    """
    history.take_turn()  # so that nothing changes between the planning and the writing
    planning = _Planning(history, question, may_change=by.may_change)
    plan = planning.plan
    if plan.is_refused:
        raise UndoRefusedError(_why_refused(plan), plan.in_the_way)
    number = changes.apply(
        planning.results,
        removed=planning.removed,
        note=RevisionNote(
            author=by.author, reason=by.reason, kind=ChangeKind.UNDO, undoes=question.revision
        ),
        unchanged_since=None if by.seen is None else dict.fromkeys(planning.touched, by.seen),
    )
    return replace(plan, present=number)


class _Planning:
    """One pass over what a revision did; a whole nation's is not held in memory thrice."""

    def __init__(
        self,
        history: HistoryStore,
        question: UndoQuestion,
        *,
        shown: int = 0,
        may_change: Callable[[Station], None] = _anything,
    ) -> None:
        self.results: list[Station] = []
        self.removed: list[StationId] = []
        self._may_change = may_change
        self._shown = shown
        self._steps: list[UndoStep] = []
        self._in_the_way: list[UndoStep] = []
        self._added = self._obstacles = self._unfit = self._seen = 0
        revision = history.revision(question.revision)
        if question.revision <= history.first():
            raise UndoRefusedError(
                f"the history begins with revision {history.first()}; what was before is not known"
            )
        present = history.last()  # asked first: nobody is said to have seen what came meanwhile
        townships = history.township_codes()
        with closing(history.to_undo(question.revision, question.station_id)) as found:
            for change, now in found:
                self._take(
                    undo_step(change, now, resolution=question.resolution, townships=townships)
                )
        self.plan = self._finished(question, revision, present)

    @property
    def touched(self) -> Iterable[StationId]:
        """Return whatever changes."""
        return [*(each.id for each in self.results), *self.removed]

    def _take(self, step: UndoStep) -> None:
        self._seen += 1
        if step.obstacle is not None:
            self._obstacles += 1
            self._unfit += step.obstacle in UNFIT
            if len(self._in_the_way) < _STEPS_NAMED:
                self._in_the_way.append(step)
        if not step.changes:
            return
        for state in filter(None, (step.present, step.result)):
            self._may_change(state)
        if len(self._steps) < self._shown:
            self._steps.append(step)
        if step.result is None:
            self.removed.append(step.station_id)
        else:
            self._added += step.present is None
            self.results.append(step.result)

    def _finished(self, question: UndoQuestion, revision: PastRevision, present: int) -> UndoPlan:
        fates = Fates(
            added=self._added,
            changed=len(self.results) - self._added,
            removed=len(self.removed),
        )
        return UndoPlan(
            question=question,
            revision=revision,
            present=present,
            fates=fates,
            unchanged=self._seen - fates.all,
            obstacles=self._obstacles,
            unfit=self._unfit,
            steps=tuple(self._steps),
            in_the_way=tuple(self._in_the_way),
        )


def _why_refused(plan: UndoPlan) -> str:
    asked = plan.question
    what = f"revision {asked.revision}"
    if asked.station_id is not None:
        what = f"what {what} did to station {asked.station_id}"
    if plan.obstacles == 0:
        return f"{what} has nothing left to undo: all is as it was before"
    named = ", ".join(each.station_id for each in plan.in_the_way[:10])
    more = f" and {plan.obstacles - 10} more" if plan.obstacles > 10 else ""
    return f"later changes are in the way of undoing {what}: {named}{more}"
