"""Quantiles of values in parts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.quantiles import weighted_quantiles

values = st.lists(st.integers(0, 1_000).map(float), min_size=1, max_size=30)


@given(st.lists(st.tuples(values, st.integers(1, 9)), min_size=1, max_size=6))
def test_quantiles_of_weighted_parts_are_those_of_values_repeated(
    parts: list[tuple[list[float], int]],
) -> None:
    repeated = np.concatenate([np.repeat(part, weight) for part, weight in parts])

    found = weighted_quantiles(
        [np.array(part) for part, _ in parts], [weight for _, weight in parts], [0.0, 0.5, 0.9, 1.0]
    )

    expected = np.quantile(repeated, [0.0, 0.5, 0.9, 1.0], method="inverted_cdf")
    assert found == expected.tolist()
