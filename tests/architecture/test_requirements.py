"""What the code imports is what requirements.txt pins, and each line says why."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from geo_service.settings import PROJECT

OURS = {"geo_service", "maps"}
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[\w+\])?==[^\s#]+( ; [^#]+)?  # \S.*")


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _lines(file: str) -> list[str]:
    text = (PROJECT / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-"))]


def _imported(folder: Path) -> set[str]:
    modules = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    return modules - set(sys.stdlib_module_names) - OURS


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_pins_a_package_and_says_why(file: str) -> None:
    assert [line for line in _lines(file) if PIN.fullmatch(line) is None] == []


@pytest.mark.parametrize("folder", sorted(OURS))
def test_requirements_alone_have_all_that_the_service_imports(folder: str) -> None:
    pinned = {_normalised(re.split(r"[\[=]", line)[0]) for line in _lines("requirements.txt")}
    providers = packages_distributions()

    missing = {
        module
        for module in _imported(PROJECT / folder)
        if not {_normalised(each) for each in providers[module]} & pinned
    }

    assert missing == set()
