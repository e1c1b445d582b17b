"""`geo-service suggest`: published optima, from a file of distances or from the register."""

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geo_service.cli import main
from tests.cli.conftest import Command

SAN_FRANCISCO = files("spopt.tests.test_locate") / "data"
WAYS = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
PEOPLE = "SF_demand_205_centroid_uniform_weight.csv"


def run(*arguments: object) -> Result:
    # An address that nothing answers at: whoever asked for a database would fail.
    environment = {"GEO_SERVICE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    return CliRunner(env=environment).invoke(main, ["suggest", *map(str, arguments)])


def answer(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def san_francisco(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 205 census tracts and 16 stores of San Francisco, as spopt ships them."""
    with (SAN_FRANCISCO / PEOPLE).open(encoding="utf-8") as file:
        people = {row["NAME"]: row["POP2000"] for row in csv.DictReader(file)}
    path = tmp_path_factory.mktemp("distances") / "san-francisco.csv"
    with (
        (SAN_FRANCISCO / WAYS).open(encoding="utf-8") as ways,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(["distance", "weight", "site", "demand"])
        for row in csv.DictReader(ways):
            tract = row["DestinationName"]
            writer.writerow([row["distance"], people[tract], row["name"], tract])
    return path


@pytest.mark.parametrize(
    ("question", "optimum"),
    [
        (("--goal", "lscp", "--radius", 5000), 8),
        (("--goal", "mclp", "--sites", 4, "--radius", 5000), 875247),
        (("--goal", "p-median", "--sites", 4), 2848268129.7145104),
        (("--goal", "p-center", "--sites", 4), 7403.063811),
    ],
    ids=["lscp", "mclp", "p-median", "p-center"],
)
def test_the_published_optimum_is_found_and_proven(
    san_francisco: Path, question: tuple[object, ...], optimum: float
) -> None:
    found = answer("--distances", san_francisco, *question)

    assert found["objective"] == pytest.approx(optimum, rel=1e-9)
    assert (found["status"], found["gap"], found["demand"]) == ("optimal", 0.0, 205)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_existing_sites_stay_and_cost_nothing(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "site,existing,demand,weight,distance\n"
        "old,1,a,5,1\nnew,0,a,5,9\nold,1,b,2,9\nnew,0,b,2,1\nother,,b,2,2\n",
    )

    found = answer("--distances", path, "--goal", "mclp", "--sites", 1, "--radius", 1)

    assert (found["sites"], found["objective"], found["existing"]) == (["new"], 7.0, 1)


def test_what_no_site_reaches_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "demand,site,distance\na,x,1\nb,x,7\nc,,\n")

    found = answer("--distances", path, "--goal", "lscp", "--radius", 5)

    assert (found["status"], found["unreachable"], found["sites"]) == (
        "infeasible",
        ["b", "c"],
        ["x"],
    )


def test_faults_of_a_file_are_named_with_their_rows(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "demand,site,distance,weight\na,x,1,1\na,y,-2,1\n,x,3,1\nb,x,nan,1\na,z,4,2\nb,y\n",
    )

    result = run("--distances", path, "--goal", "p-median", "--sites", 1)

    assert result.exit_code == 1
    for said in (
        "row 3, distance: '-2'",
        "row 4, demand: '' must not be empty",
        "row 5, distance: 'nan'",
        "row 6, weight: '2' is not what an earlier row says of demand 'a'",
        "row 7: has 2 cells where the header has 4",
    ):
        assert said in result.stderr


@pytest.mark.parametrize(
    "question",
    [
        ("--goal", "mclp", "--radius", 5),
        ("--goal", "mclp", "--sites", 1),
        ("--goal", "p-median"),
        ("--goal", "p-median", "--sites", 1, "--curve"),
    ],
    ids=["no number", "no radius", "no number for p-median", "a curve of a file"],
)
def test_a_question_that_cannot_be_answered_is_refused(
    tmp_path: Path, question: tuple[object, ...]
) -> None:
    path = written(tmp_path, "demand,site,distance\na,x,1\n")

    assert run("--distances", path, *question).exit_code == 2


def test_people_get_a_text(tmp_path: Path) -> None:
    path = written(tmp_path, "demand,site,distance\na,x,1\nb,y,1\n")

    text = run("--distances", path, "--goal", "lscp", "--radius", 1).stdout

    assert "lscp: optimal" in text
    assert "sites: x, y" in text


# -- from the register ---------------------------------------------------------------------


def test_the_register_is_asked_where_next(shell: Command) -> None:
    result = shell("suggest", "--sites", 3, "--radius", 1000, "--curve", "--json")

    found = json.loads(result.stdout)
    assert (found["status"], found["existing"], len(found["sites"])) == ("optimal", 203, 3)
    assert (found["unit"], found["layer"], found["distance_type"]) == ("m²", None, "straight")
    assert found["estimate"].startswith("evenly spread ground")
    objectives = [point["objective"] for point in found["curve"]]
    assert objectives == sorted(objectives)
    assert (objectives[0], objectives[-1]) == (found["before"], found["objective"])


def test_listed_candidates_need_their_datum(shell: Command, tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    places.write_text("经度,纬度,名称\n114.02,33.58,甲\n114.05,33.60,乙\n", encoding="gb18030")
    question = ("suggest", "--sites", 1, "--radius", 1000, "--candidates", places, "--json")

    without, found = shell(*question), shell(*question, "--datum", "wgs84")

    assert without.exit_code == 2
    assert {each["name"] for each in json.loads(found.stdout)["sites"]} <= {"甲", "乙"}
