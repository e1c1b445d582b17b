"""The project's documents, taken apart: headings, links, command blocks and examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo_service.settings import PROJECT

RUN = "<!-- run -->"

_FENCE = re.compile(r"^```(\w*)$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")
# Folders with a dot (.venv, .git), the service's own home, and what others wrote.
_NOT_OURS = re.compile(r"(^|/)(\.[^/]+|var|build|node_modules|vendor|axe-core)/")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; ``line`` is where it begins, ``is_run`` whether RUN stands before it."""

    file: Path
    line: int
    language: str
    text: str
    is_run: bool

    def __str__(self) -> str:
        """Name it as an editor finds it."""
        return f"{self.file.relative_to(PROJECT)}:{self.line}"


def documents() -> list[Path]:
    """List every Markdown file that we wrote."""
    return sorted(
        path
        for path in PROJECT.rglob("*.md")
        if not _NOT_OURS.search(str(path.relative_to(PROJECT)))
    )


def document(name: str) -> str:
    """Read one document, named from the project's folder."""
    return (PROJECT / name).read_text(encoding="utf-8")


def blocks(path: Path) -> list[Block]:
    """List the fenced blocks of a document in order."""
    return list(_blocks(path))


def _blocks(path: Path) -> Iterator[Block]:
    lines = path.read_text(encoding="utf-8").splitlines()
    began, language, held = 0, "", list[str]()
    for number, line in enumerate(lines, start=1):
        fence = _FENCE.match(line)
        if fence and not began:
            began, language, held = number, fence[1], []
        elif fence:
            is_run = began > 1 and lines[began - 2].strip() == RUN
            yield Block(path, began, language, "\n".join(held), is_run)
            began = 0
        elif began:
            held.append(line)
    assert not began, f"{path}: the block of line {began} has no end"


def prose(path: Path) -> str:
    """Return a document without its fenced blocks."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(path: Path) -> list[str]:
    """List the headings of a document, without their marks."""
    found = re.findall(r"^#{1,6} (.+)$", prose(path), flags=re.MULTILINE)
    return [heading.replace("`", "") for heading in found]


def anchors(path: Path) -> set[str]:
    """Return what a link may name behind the number sign, as GitHub makes it."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)
    }


def links(path: Path) -> list[str]:
    """List the targets of a document's links."""
    return _LINK.findall(_CODE.sub("`", prose(path)))


def section(name: str, heading: str) -> str:
    """Return the text under a second-level heading of a document, up to the next one."""
    for part in re.split(r"^## ", document(name), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        if title.replace("`", "") == heading:
            return text
    raise AssertionError(f"{name} has no section {heading!r}")
