"""No link between the documents leads nowhere, and decisions have one form."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from geo_service.settings import PROJECT
from tests.docs.markdown import anchors, document, documents, headings, links

DECISIONS = sorted((PROJECT / "docs" / "adr").glob("*.md"))


def _broken(path: Path) -> list[str]:
    found = []
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    assert _broken(path) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# One\n[x](#one) [y](#two) [z](b.md) [w](https://example.org)\n")

    assert _broken(path) == ["#two", "b.md"]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: str(path.name))
def test_a_decision_is_short_and_has_its_three_parts(path: Path) -> None:
    title, *parts = headings(path)

    assert title.startswith(f"{path.name[:4]} ")
    assert parts == ["Context", "Decision", "Consequences"]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_decision_is_listed_in_the_architecture() -> None:
    text = document("docs/architecture.md")

    assert [path.name for path in DECISIONS if f"(adr/{path.name})" not in text] == []
