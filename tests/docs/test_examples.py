"""The examples in the documents have the form of the real answers."""

import json
from http import HTTPStatus
from itertools import pairwise

import pytest

from geo_service.web.problems import PROBLEM_TYPES
from tests.docs.curl import Curl
from tests.docs.markdown import Block, blocks, documents

LEFT_OUT = "…"
"""As a key: the object has more keys than the example shows."""

EXAMPLES = [block for path in documents() for block in blocks(path) if block.language == "json"]
ANSWERED = [
    pytest.param(question.text, example.text, id=str(example))
    for path in documents()
    for question, example in pairwise(blocks(path))
    if question.is_run and question.text.startswith("curl") and example.language == "json"
]
TYPES = {f"/problems/{kind.slug}": kind for kind in PROBLEM_TYPES.values()}


def departures(example: object, real: object, where: str = "$") -> list[str]:
    """List where an example has not the form of the real answer."""
    if isinstance(example, dict) and isinstance(real, dict):
        shown = {key: value for key, value in example.items() if key != LEFT_OUT}
        found = [f"{where}.{key} is not there" for key in shown.keys() - real.keys()]
        if LEFT_OUT not in example:
            found += [f"{where}.{key} is not shown" for key in real.keys() - shown.keys()]
        for key in shown.keys() & real.keys():
            found += departures(shown[key], real[key], f"{where}.{key}")
        return found
    if isinstance(example, list) and isinstance(real, list):
        if len(example) > len(real):
            return [f"{where} has {len(real)} items only"]
        pairs = enumerate(zip(example, real, strict=False))
        return [fault for place, pair in pairs for fault in departures(*pair, f"{where}[{place}]")]
    return [] if _kind(example) == _kind(real) else [f"{where} is {real!r}, not {example!r}"]


def _kind(value: object) -> str:
    return "number" if type(value) in {int, float} else type(value).__name__


@pytest.mark.parametrize(("question", "example"), ANSWERED)
def test_an_example_has_the_form_of_the_answer_to_its_question(
    question: str, example: str, address: str
) -> None:
    real = json.loads(Curl.read(question).send(address).body)

    assert departures(json.loads(example), real) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_of_json_is_json(example: Block) -> None:
    assert isinstance(json.loads(example.text), dict)


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.file.name == "problems.md"], ids=str
)
def test_an_example_of_a_problem_carries_what_its_type_does(example: Block) -> None:
    problem = json.loads(example.text)
    status = HTTPStatus(problem["status"])

    kind = TYPES.get(problem["type"])
    expected = ("about:blank", status.phrase) if kind is None else (problem["type"], kind.title)
    assert (problem["type"], problem["title"]) == expected
    assert kind is None or kind.status is status


def test_a_missing_key_and_a_wrong_type_are_departures() -> None:
    found = departures({"a": 1, "b": "x", "d": None}, {"a": 2.5, "b": None, "c": 0})

    assert sorted(found) == ["$.b is None, not 'x'", "$.c is not shown", "$.d is not there"]
