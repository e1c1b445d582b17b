"""Supply shared by the demand around it, by hand and against PySAL."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from access import Access
from access.weights import step_fn
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.accessibility import enhanced_two_step, ring_weights, two_step
from tests.domain.demand_cases import reach_of

LIMIT = 900.0


def test_two_places_share_what_one_station_has() -> None:
    reach = reach_of([[100], [800]], LIMIT)

    had = two_step(reach, np.array([300.0, 100.0]), np.array([20.0]))

    assert had.tolist() == [20 / 400, 20 / 400]


def test_a_place_adds_up_what_several_stations_have_for_it() -> None:
    reach = reach_of([[100, 200], [800, 5000]], LIMIT)

    had = two_step(reach, np.array([300.0, 100.0]), np.array([20.0, 6.0]))

    assert had == pytest.approx([20 / 400 + 6 / 300, 20 / 400])


def test_a_nearer_place_gets_more_of_a_station_by_the_enhanced_method() -> None:
    reach = reach_of([[300], [500], [900]], LIMIT)

    had = enhanced_two_step(reach, np.array([100.0, 100.0, 100.0]), np.array([19.0]))

    assert had == pytest.approx([w * 19 / (100 * (1 + 0.68 + 0.22)) for w in (1, 0.68, 0.22)])


def test_rings_end_at_thirds_of_the_radius_which_still_belong_to_them() -> None:
    reach = reach_of([[0, 300, 300.1, 600, 600.1, 900]], LIMIT)

    assert ring_weights(reach).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22]


def test_where_nothing_is_within_reach_there_is_nothing() -> None:
    reach = reach_of([[901.0]], LIMIT)

    assert two_step(reach, np.array([5.0]), np.array([1.0])).tolist() == [0]


def test_a_station_around_which_nobody_lives_divides_by_no_zero() -> None:
    reach = reach_of([[10.0]], LIMIT)

    assert two_step(reach, np.array([0.0]), np.array([7.0])).tolist() == [0]


tables = st.integers(1, 6).flatmap(
    lambda sites: st.lists(
        st.lists(st.integers(1, 1500).map(float), min_size=sites, max_size=sites),
        min_size=1,
        max_size=8,
    )
)


@settings(deadline=None, max_examples=40)  # PySAL takes its time
@given(tables, st.randoms(use_true_random=False))
def test_both_methods_give_what_pysal_gives(table: list[list[float]], random: object) -> None:
    draw = random.randint  # type: ignore[attr-defined]
    demand = np.array([draw(1, 500) for _ in table], dtype=float)
    supply = np.array([draw(1, 50) for _ in table[0]], dtype=float)
    reach = reach_of(table, LIMIT)

    plain, enhanced = by_pysal(table, demand, supply)

    assert two_step(reach, demand, supply) == pytest.approx(plain)
    assert enhanced_two_step(reach, demand, supply) == pytest.approx(enhanced)


def by_pysal(
    table: Sequence[Sequence[float]], demand: np.ndarray, supply: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ask PySAL's access, in its own terms: tables of places, of sites, and of costs."""
    costs = pd.DataFrame(
        [
            (f"p{place}", f"s{site}", cost)
            for place, row in enumerate(table)
            for site, cost in enumerate(row)
        ],
        columns=["origin", "dest", "cost"],
    )
    places = pd.DataFrame({"id": [f"p{n}" for n in range(len(demand))], "demand": demand})
    sites = pd.DataFrame({"id": [f"s{n}" for n in range(len(supply))], "supply": supply})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of ids that differ and of pandas
        asked = Access(
            demand_df=places,
            demand_index="id",
            demand_value="demand",
            supply_df=sites,
            supply_index="id",
            supply_value="supply",
            cost_df=costs,
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
        )
        plain = asked.two_stage_fca(name="plain", max_cost=LIMIT)
        rings = step_fn({LIMIT / 3: 1, LIMIT * 2 / 3: 0.68, LIMIT: 0.22})
        enhanced = asked.enhanced_two_stage_fca(name="ringed", max_cost=LIMIT, weight_fn=rings)
    ids = places["id"]
    return (
        plain.iloc[:, 0].reindex(ids).fillna(0).to_numpy(),
        enhanced.iloc[:, 0].reindex(ids).fillna(0).to_numpy(),
    )
