"""Sites of scenarios are chosen apart, one after the other, and told of from anywhere."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.coverage import Level
from geo_service.domain.errors import InvalidQueryError, ScenarioNotReadyError
from geo_service.domain.reach import StraightLines
from geo_service.domain.register import Overrides, Register
from geo_service.domain.scenario import AddStation, ScenarioState
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.scenarios import ScenarioStore
from geo_service.persistence.snapshots import load_register
from geo_service.services.comparing import Side, compare, question, side_of
from geo_service.services.scenarios import cancel_scenario, remove_scenario, saved_scenario
from geo_service.services.siting import CandidateSource, Goal
from geo_service.services.solving import Solvers
from geo_service.services.wish import Place, Wish
from tests.services.solving_cases import over, save, solvers_at
from tests.support.register import a_dataset
from tests.support.scenarios import TOWNSHIPS, a_town, add

# One in the middle of the west, where a station is; two where none is, the last at the edge.
PLACES = (
    Place(at=Coordinate(longitude=114.05, latitude=33.55), name="有站的地方"),
    Place(at=Coordinate(longitude=114.02, latitude=33.52), name="空白处"),
    Place(at=Coordinate(longitude=114.2, latitude=33.6), name="角上"),
)

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(scratch: Database) -> Register:
    """The register of a town of three stations."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM scenario"))
    return load_register(scratch, Overrides())


@pytest.fixture
def solvers(scratch: Database, tmp_path: Path) -> Solvers:
    """What sees to the queue of a machine of the test's own."""
    return solvers_at(tmp_path, scratch)


@contextmanager
def busy(home: Path) -> Iterator[None]:
    """Hold all places of a machine."""
    files = [(home / f"solving-{number}.lock").open("w") for number in range(2)]
    for each in files:
        fcntl.flock(each, fcntl.LOCK_EX)
    try:
        yield
    finally:
        for each in files:
            each.close()


def test_the_best_of_the_candidates_becomes_a_station(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    kept = save(scratch, town, Wish(sites=1, candidates=PLACES))

    solvers.wake()
    found = over(scratch, kept)

    assert found.state is ScenarioState.READY, found.failure
    assert found.result is not None
    assert (found.result["status"], found.result["gap"]) == ("optimal", 0.0)
    (edit,) = found.draft.edits
    assert isinstance(edit, AddStation)
    assert edit.name == "空白处"


def test_what_the_search_promises_is_what_the_comparison_measures(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    kept = save(scratch, town, Wish(sites=2, curve=True))

    solvers.wake()
    found = over(scratch, kept)

    compared = compare(
        Side(register=town),
        side_of(town, found),
        question(found.draft.terms, Level.TOWNSHIP, NOW, layer=None, distances=StraightLines()),
    )
    assert found.result is not None
    promised = found.result["objective"] - found.result["before"]
    assert compared.totals.ground is not None
    # The search sees the ground as a grid of places, some 1 % of a township each.
    assert promised == pytest.approx(compared.totals.ground.gained_m2, rel=0.1)
    assert [each["sites"] for each in found.result["curve"]] == [0, 1, 2]


def test_edits_come_before_the_search(scratch: Database, town: Register, solvers: Solvers) -> None:
    at = PLACES[1].at
    wish = Wish(sites=1, candidates=PLACES)
    kept = save(scratch, town, wish, add(at.longitude, at.latitude, "自己加的"))

    solvers.wake()
    found = over(scratch, kept)

    names = [each.name for each in found.draft.edits if isinstance(each, AddStation)]
    assert names == ["自己加的", "角上"]


def test_several_wait_for_each_other_and_all_are_solved(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    all_kept = [save(scratch, town, Wish(sites=1, candidates=PLACES)) for _ in range(3)]

    for _ in range(3):
        solvers.wake()

    assert {over(scratch, each).state for each in all_kept} == {ScenarioState.READY}


def test_what_has_no_answer_fails_in_words(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    whole = shapely.box(113.0, 33.0, 115.0, 34.0)
    kept = save(scratch, town, Wish(sites=1, excluded=whole))

    solvers.wake()
    found = over(scratch, kept)

    assert found.state is ScenarioState.FAILED
    assert found.failure
    with pytest.raises(ScenarioNotReadyError):
        side_of(town, found)


def test_a_search_that_breaks_down_is_told_of(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    kept = save(scratch, town, Wish(sites=1))
    with scratch.transaction() as session:
        session.execute(
            text("UPDATE scenario SET suggestion = '{}' WHERE id = :id"), {"id": kept.id}
        )

    solvers.wake()

    found = over(scratch, kept)
    assert (found.state, found.failure) == (
        ScenarioState.FAILED,
        "the search ended by a fault; the log of the service says more",
    )


def test_what_waits_is_cancelled_at_once(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    with busy(solvers.home):
        kept = save(scratch, town, Wish(sites=1))
        solvers.wake()
        assert saved_scenario(scratch, kept.id).state is ScenarioState.QUEUED

        cancel_scenario(scratch, kept.id, kept.token)

        assert saved_scenario(scratch, kept.id).state is ScenarioState.CANCELLED


def test_what_was_deleted_is_not_searched_for(
    scratch: Database, town: Register, solvers: Solvers
) -> None:
    with busy(solvers.home):
        kept = save(scratch, town, Wish(sites=1))
        solvers.wake()
        remove_scenario(scratch, kept.id, kept.token)

    with scratch.transaction() as session:
        assert ScenarioStore(session).claim() is None


def test_a_search_that_is_not_heard_of_is_interrupted(scratch: Database, town: Register) -> None:
    kept = save(scratch, town, Wish(sites=1))
    with scratch.transaction() as session:
        session.execute(
            text("UPDATE scenario SET state = 'solving', heartbeat_at = now() - interval '1 min'"
                 " WHERE id = :id"),
            {"id": kept.id},
        )  # fmt: skip

    assert saved_scenario(scratch, kept.id).state is ScenarioState.INTERRUPTED


def test_a_search_tells_how_far_it_is_and_hears_that_it_is_cancelled(
    scratch: Database, town: Register
) -> None:
    kept = save(scratch, town, Wish(sites=1))
    with scratch.transaction() as session:
        assert ScenarioStore(session).claim() == kept.id
        assert ScenarioStore(session).beat(kept.id, {"best": 1.0})

    cancel_scenario(scratch, kept.id, kept.token)

    assert saved_scenario(scratch, kept.id).progress == {"best": 1.0}
    with scratch.transaction() as session:
        assert not ScenarioStore(session).beat(kept.id, {"best": 1.0})
    remove_scenario(scratch, kept.id, kept.token)
    with scratch.transaction() as session:
        assert not ScenarioStore(session).beat(kept.id, None)


def test_nobody_takes_the_same_twice(scratch: Database, town: Register) -> None:
    ids = {save(scratch, town, Wish(sites=1)).id for _ in range(3)}

    taken = []
    for _ in range(4):
        with scratch.transaction() as session:
            taken.append(ScenarioStore(session).claim())

    assert taken[3] is None
    assert set(taken[:3]) == ids


@given(
    st.builds(
        Wish,
        goal=st.sampled_from([goal for goal in Goal if goal.needs_sites]),
        sites=st.integers(1, 100),
        candidates=st.one_of(st.sampled_from(CandidateSource), st.just(PLACES)),
        required=st.just(PLACES[:1]),
        excluded=st.sampled_from([None, shapely.box(0, 0, 1, 1)]),
        curve=st.booleans(),
        seconds=st.floats(1, 300),
        opening_hours=st.sampled_from([None, "24/7"]),
    )
)
def test_a_wish_is_the_same_after_it_was_kept(wish: Wish) -> None:
    assert Wish.of_json(wish.to_json()) == wish


@pytest.mark.parametrize(
    ("goal", "sites"), [(Goal.MCLP, None), (Goal.P_MEDIAN, None), (Goal.LSCP, 3)]
)
def test_a_goal_takes_a_number_of_sites_or_finds_it(goal: Goal, sites: int | None) -> None:
    with pytest.raises(InvalidQueryError, match=r"suggestion\.sites"):
        Wish(goal=goal, sites=sites)
