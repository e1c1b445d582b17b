"""Results as tables for people (Markdown) and as figures for programs (JSON)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from bench.options import Options
from bench.rounds import machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; its first column names the contestant."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """Write it."""
        lines = [f"**{self.title}**", ""]
        lines += ["| " + " | ".join(self.columns) + " |"]
        lines += ["|---" + "|---:" * (len(self.columns) - 1) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that one run of a benchmark found."""

    tables: Sequence[Table]
    figures: Mapping[str, Any]
    noise: Mapping[str, float] = field(default_factory=dict)


def write(options: Options, result: Result) -> None:
    """Print the tables, and keep them with the machine's facts in the results' folder."""
    facts = machine()
    text = "\n\n".join(
        [*(table.markdown() for table in result.tables), _about(facts, result.noise)]
    )
    click.echo("\n" + text)
    options.results.mkdir(parents=True, exist_ok=True)
    kept = {
        "command": options.command,
        "quick": options.quick,
        "rounds": options.rounds,
        "machine": facts,
        "noise": result.noise,
        "figures": result.figures,
    }
    path = options.results / options.command
    path.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    path.with_suffix(".json").write_text(
        json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    click.echo(f"\nKept in {options.results}.")


def _about(facts: Mapping[str, str], noise: Mapping[str, float]) -> str:
    said = f"{facts['measured']}; {facts['cores']} × {facts['processor']}, {facts['memory']}"
    said += f"; Python {facts['python']}; load average at the end {facts['load']}"
    if noise:
        said += (
            f"; a fixed piece of work took {noise['calibration_median_s'] * 1000:.0f} ms "
            f"± {noise['calibration_spread'] / 2:.0%}"
        )
    return f"*{said}.*"
