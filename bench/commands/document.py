"""Put the results of the last full-size runs into docs/performance.md."""

import re
from pathlib import Path
from typing import Final

import click

from bench.options import PROJECT, Options

DOCUMENT: Final = PROJECT / "docs" / "performance.md"
_PLACE: Final = re.compile(
    r"(?P<begin><!-- results: (?P<name>\w+) -->\n).*?(?P<end><!-- end of results -->)", re.DOTALL
)


def run(options: Options) -> int:
    """Fill every place that has results."""
    text = filled(DOCUMENT.read_text(encoding="utf-8"), options.results)
    DOCUMENT.write_text(text, encoding="utf-8")
    click.echo(f"Filled {DOCUMENT.relative_to(PROJECT)}.")
    return 0


def filled(text: str, results: Path) -> str:
    """Return a document with the tables between its marks; a place without results stays."""

    def put(place: re.Match[str]) -> str:
        path = results / f"{place['name']}.md"
        if not path.exists():
            return place[0]
        return f"{place['begin']}\n{path.read_text(encoding='utf-8')}\n{place['end']}"

    return _PLACE.sub(put, text)
