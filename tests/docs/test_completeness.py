"""What the service can do is in its documents, and stays there."""

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from geo_service.cli import main
from geo_service.domain.coverage import Level
from geo_service.domain.datum import Datum
from geo_service.domain.holidays import HolidayKind
from geo_service.domain.opening_hours import Openness
from geo_service.domain.reach import DistanceType
from geo_service.domain.siting import Goal
from geo_service.domain.station import Accessibility, Amenity, DataStatus, Group, ServiceKind
from geo_service.domain.township import BoundaryStatus
from geo_service.settings import PREFIX, SettingDocumentation, Settings
from geo_service.version import VERSION
from geo_service.web.problems import PROBLEM_TYPES, ProblemType
from tests.docs.markdown import document, section

ENUMERATIONS = (
    *(Accessibility, Amenity, BoundaryStatus, DataStatus, Datum, DistanceType),
    *(Goal, Group, HolidayKind, Level, Openness, ServiceKind),
)
WORDS = (
    *("station", "service", "rest", "breakfast", "amenity", "opening hours", "openness"),
    *(
        "register",
        "revision",
        "township",
        "county",
        "origin",
        "nearest neighbour",
        "nearby station",
    ),
    *("distance", "bounds", "service radius", "catchment", "service area", "demand point, weight"),
    *("covered", "coverage", "area coverage", "cross coverage", "gap", "candidate site"),
    *("scenario", "comparison", "goal", "suggestion", "optimal", "demand layer", "demand coverage"),
    *("type of distance", "street network", "isochrone", "scorecard", "era", "in being"),
    *("CRS, SRID", "datum", "snapshot", "problem"),
)
CHINESE = ("驿站", "爱心早餐", "环卫工", "公交司机", "乡镇", "街道", "覆盖率", "服务半径", "空白点")


# -- settings and commands -----------------------------------------------------------------


@pytest.mark.parametrize("setting", Settings.documentation(), ids=lambda each: each.variable)
def test_a_setting_stands_in_the_table_with_its_default(setting: SettingDocumentation) -> None:
    table = section("docs/operations.md", "Settings")

    assert f"| `{setting.variable}` | {setting.default} |" in table


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {setting.variable for setting in Settings.documentation()}
    texts = [document(f"docs/{name}.md") for name in ("operations", "data", "problems", "api")]
    named = {word for text in texts for word in re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", text)}

    assert named <= known


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_and_option_stands_in_the_table() -> None:
    rows = section("docs/operations.md", "Commands").splitlines()
    missing = []
    for path, command in _commands(main, "geo-service"):
        row = next((row for row in rows if row.startswith(f"| `{path}`")), "")
        options = [option for each in command.params for option in each.opts if "--" in option]
        missing += [] if row else [path]
        missing += [f"{path} {option}" for option in options if f"`{option}`" not in row]

    assert missing == []


# -- routes and problems -------------------------------------------------------------------


def test_every_route_is_documented(app: Flask) -> None:
    text = "".join(document(f"docs/{name}.md") for name in ("api", "operations", "ogc"))
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }

    assert {route for route in routes if f"`{route}`" not in text} == set()


def test_every_parameter_stands_in_the_section_of_its_route(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").get_json()
    schemas = described["components"]["schemas"]
    missing = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            heading = f"{method.upper()} {path}".replace("{", "<").replace("}", ">")
            names = [each["name"] for each in operation["parameters"]]
            if "requestBody" in operation:
                bodies = operation["requestBody"]["content"]
                if "application/json" not in bodies:  # a file as it is
                    continue
                schema = bodies["application/json"]["schema"]
                names += schemas[schema["$ref"].rpartition("/")[2]]["properties"]
            text = section("docs/api.md", heading)
            missing += [f"{heading}: {name}" for name in names if f"`{name}`" not in text]

    assert missing == []


@pytest.mark.parametrize("kind", PROBLEM_TYPES.values(), ids=lambda each: each.slug)
def test_a_problem_type_has_its_section_with_its_status(kind: ProblemType) -> None:
    text = section("docs/problems.md", kind.slug)

    assert f"Status {kind.status.value}" in text
    assert "To put it right:" in text


def test_no_section_is_about_a_problem_type_that_does_not_exist() -> None:
    titles = re.findall(r"^## (.+)$", document("docs/problems.md"), flags=re.MULTILINE)

    assert set(titles) == {kind.slug for kind in PROBLEM_TYPES.values()} | {"about:blank"}


def test_every_metric_is_documented() -> None:
    text = section("docs/operations.md", "Health and metrics")
    ours = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("geo_service_")}

    assert ours
    assert {name for name in ours if f"`{name}" not in text} == set()


# -- words and versions --------------------------------------------------------------------


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda each: each.__name__)
def test_every_value_that_answers_may_have_is_in_the_glossary(
    enumeration: type[Amenity],
) -> None:
    text = document("docs/glossary.md")

    assert {
        each.value
        for each in enumeration
        if f"`{each.value}`" not in text and f"**{each.value}**" not in text
    } == set()


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_house_is_explained(word: str) -> None:
    rows = document("docs/glossary.md").splitlines()

    assert [row.count("|") for row in rows if row.startswith(_entry(word))] == [4]


def _entry(word: str) -> str:
    return f"| **{word}**"


@pytest.mark.parametrize("word", CHINESE)
def test_the_glossary_has_the_words_of_the_pages(word: str) -> None:
    assert word in document("docs/glossary.md")


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{VERSION}]" in document("CHANGELOG.md")
