"""Files of distances: read whole or not at all."""

from pathlib import Path

import numpy as np
import pytest

from geo_service.domain.errors import DatasetError
from geo_service.persistence.distance_file import DistanceFile, read_distances


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> DistanceFile:
    path = tmp_path / "pairs.csv"
    path.write_bytes(text.encode(encoding))
    return read_distances(path)


def faults(tmp_path: Path, text: str) -> str:
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, text)
    return str(caught.value)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    file = read(tmp_path, "Weight, distance ,site,demand\n3,1.5e1,x,a\n3,2,y,a\n")

    assert (file.demand_names, file.site_names) == (("a",), ("x", "y"))
    assert file.problem.weight.tolist() == [3.0]
    assert file.problem.distance.tolist() == [15.0, 2.0]


def test_a_weight_is_one_where_none_is_said(tmp_path: Path) -> None:
    file = read(tmp_path, "demand,site,distance,weight\na,x,1,\nb,x,1,4\na,y,1,2\nc,y,1,\n")

    assert file.problem.weight.tolist() == [2.0, 4.0, 1.0]


def test_chinese_names_are_read_in_both_encodings(tmp_path: Path) -> None:
    text = "demand,site,distance\n召陵区,驿站一,1\n"

    for encoding in ("utf-8-sig", "gb18030"):
        assert read(tmp_path, text, encoding).site_names == ("驿站一",)


def test_a_pair_that_stands_twice_is_one_pair(tmp_path: Path) -> None:
    assert len(read(tmp_path, "demand,site,distance\na,x,1\na,x,1\n").problem.place) == 1


def test_two_distances_of_one_pair_are_a_fault(tmp_path: Path) -> None:
    said = faults(tmp_path, "demand,site,distance\na,x,1\na,x,2\n")

    assert "gives two distances from 'a' to 'x'" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "demand: is a missing column"),
        ("demand,site,distance\n", "has no rows"),
        ("demand,site\na,x\n", "distance: is a missing column"),
        ("demand,site,distance,colour\n", "colour: is an unknown column"),
        ("demand,site,distance,site\n", "site: stands twice in the header"),
        ("demand,site,distance\na,x,inf\n", "leave the row out if the pair is out of reach"),
        ("demand,site,distance\na,x,1_000\n", "row 2, distance: '1_000' is not a number"),
        ("demand,site,distance\na,x,１\n", "row 2, distance"),
        ("demand,site,distance,existing\na,x,1,maybe\n", "row 2, existing: 'maybe'"),
        ("demand,site,distance,existing\na,x,1,1\nb,x,1,0\n", "row 3, existing: '0'"),
        ('demand,site,distance\n"a\n",x,1\nb,y,\n', "row 4, distance: ''"),
        ("demand,site,distance\na,,\n", "names no site"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in faults(tmp_path, text)


def test_a_million_pairs_are_read(tmp_path: Path) -> None:
    size = 1000
    path = tmp_path / "pairs.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("demand,site,distance\n")
        for demand in range(size):
            file.writelines(f"d{demand},s{site},{demand ^ site}\n" for site in range(size))

    problem = read_distances(path).problem

    assert len(problem.distance) == size * size
    assert np.array_equal(problem.distance, problem.place ^ problem.site)
