"""A comparison, and what a search found, as people read them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from geo_service.domain.register import Register
from geo_service.domain.scenario import Scenario, Terms
from geo_service.domain.siting import Goal
from geo_service.services.comparing import Comparison, Difference
from geo_service.web.language import Language
from geo_service.web.planner_scenarios.words import WORDS

_THIN_SPACE: Final = "\u202f"
_MINUS: Final = "−"
_KM2: Final = 1e-6
_MOST_NAMED: Final = 3
_COLUMNS: Final = {
    "stations": "whole",
    "area_coverage": "share",
    "cross_coverage": "share",
    "nearest_mean_m": "whole",
    "worst_gap_distance_m": "whole",
    "demand_covered": "whole",
    "demand_coverage": "share",
}
_UNIT_OF_GOAL: Final = {
    Goal.MCLP: "objective_unit_cover",
    Goal.SECOND_COVER: "objective_unit_cover",
    Goal.LSCP: "objective_unit_sites",
    Goal.P_MEDIAN: "objective_unit_sum",
    Goal.P_CENTER: "objective_unit_metres",
}


def number(value: float | None, digits: int = 0) -> str | None:
    """Write a number with thin spaces between thousands."""
    if value is None:
        return None
    return f"{value:,.{digits}f}".replace(",", _THIN_SPACE).replace("-", _MINUS)


def share(value: float | None) -> str | None:
    """Write a share as a percentage."""
    return None if value is None else f"{100 * value:.1f}{_THIN_SPACE}%"


def basis(terms: Terms, register: Register, layer: str, language: Language) -> str:
    """Say what the figures hold for."""
    words = WORDS[language]
    instant = words["any_time"]
    if terms.instant is not None:
        when = f"{terms.instant.astimezone(register.place.zone):%Y-%m-%d %H:%M}"
        instant = words["at"].format(when=when)
    return words["basis"].format(
        radius=f"{terms.radius:g}",
        distance=words[f"distance_{terms.distance}"],
        instant=instant,
        demand=layer or words["area_demand"],
        revision=register.revision.number,
    )


def sentences(compared: Comparison, language: Language) -> list[str]:
    """Say in sentences what changes."""
    words, changes, totals = WORDS[language], compared.changes, compared.totals
    said = [
        words["sum_stations"].format(
            added=len(changes.added),
            closed=len(changes.closed),
            moved=len(changes.moved),
            hours=len(changes.hours),
        )
    ]
    if totals.ground is not None and totals.change["area_coverage"] is not None:
        said.append(
            words["sum_area"].format(
                before=share(totals.before["area_coverage"]),
                after=share(totals.after["area_coverage"]),
                change=_points(totals.change["area_coverage"], language) or words["no_change"],
                gained=number(totals.ground.gained_m2 * _KM2, 2),
                lost=number(totals.ground.lost_m2 * _KM2, 2),
            )
        )
    layer = compared.query.demand
    if layer is not None and totals.demand is not None:
        english = language == "en"
        said.append(
            words["sum_demand"].format(
                layer=(layer.name_en if english else None) or layer.name,
                unit=(layer.unit_en if english else None) or layer.unit,
                before=number(totals.before["demand_covered"]),
                share_before=share(totals.before["demand_coverage"]),
                after=number(totals.after["demand_covered"]),
                share_after=share(totals.after["demand_coverage"]),
                gained=number(totals.demand.gained),
                lost=number(totals.demand.lost),
            )
        )
    if best := most_changed(compared.units)[:_MOST_NAMED]:
        joined = ("、" if language == "zh" else ", ").join(
            f"{_name(each, language)} {_points(each.change['area_coverage'], language)}"
            for each in best
        )
        said.append(words["sum_best"].format(names=joined))
    if not any(each.is_any for each in compared.units):
        said.append(words["sum_same"])
    return said


def most_changed(units: Sequence[Difference]) -> list[Difference]:
    """Return the units whose ground changes, the largest change of its share first."""
    return sorted((each for each in units if each.change["area_coverage"]), key=_much_first)


def _much_first(each: Difference) -> float:
    return -abs(float(each.change["area_coverage"] or 0.0))


def table(compared: Comparison, language: Language) -> dict[str, Any]:
    """Return the table of differences: the units that change, and all together."""
    words = WORDS[language]
    keys = [key for key in _COLUMNS if key in compared.totals.change]
    rows = [
        {
            "name": _name(each, language),
            "approximate": each.before["approximate"],
            "cells": _cells(each, keys, language),
        }
        for each in sorted(compared.units, key=_much_first)
    ]
    # What is too small to be written is not listed either.
    shown = [row for row in rows if any(cell and cell["change"] for cell in row["cells"])]
    return {
        "columns": [words[f"column_{key}"] for key in keys]
        + [words["column_gained"], words["column_lost"]],
        "rows": shown,
        "total": _cells(compared.totals, keys, language),
        "rest": words["only_changed"].format(count=len(shown), rest=len(rows) - len(shown)),
    }


def stations_changed(compared: Comparison, language: Language) -> list[tuple[str, str, str]]:
    """Return what becomes of each station that differs: identifier, name, what."""
    words, changes = WORDS[language], compared.changes
    rows: list[tuple[str, str, str]]
    rows = [(each.id, each.name, words["added_one"]) for each in changes.added]
    rows += [(each.id, each.name, words["closed_one"]) for each in changes.closed]
    rows += [
        (
            each.after.id,
            each.after.name,
            words["moved_one"].format(metres=number(each.distance_m)),
        )
        for each in changes.moved
    ]
    return rows + [(after.id, after.name, words["hours_one"]) for _, after in changes.hours]


def progress(scenario: Scenario, language: Language) -> str:
    """Say how far a search is."""
    words, kept = WORDS[language], scenario.progress
    if kept is None:
        return words["progress_none"]
    return words["progress"].format(
        best=number(kept["best"], 1) or "–",
        bound=number(kept["bound"], 1) or "–",
        gap=share(kept["gap"]) or "–",
        seconds=f"{kept['seconds']:.0f}",
        step=kept["step"],
        steps=kept["steps"],
    )


def solution(result: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return what a search found, as pairs of words, and its sites."""
    words, unit = WORDS[language], result["unit"]
    digits = 0 if result["goal"] == Goal.LSCP else 1
    pairs = [
        (words["goal"], words[f"goal_{result['goal']}"]),
        (words["state"], words[f"status_{result['status']}"]),
        (
            words["objective"],
            f"{number(result['objective'], digits) or '–'} · "
            + words[_UNIT_OF_GOAL[Goal(result["goal"])]].format(unit=unit),
        ),
        (words["bound"], number(result["bound"], digits) or "–"),
        (words["gap"], share(result["gap"]) or "–"),
        (words["solved_in"], words["seconds_value"].format(seconds=f"{result['seconds']:.1f}")),
        (
            words["problem_size"],
            words["problem_size_value"].format(
                demand=number(result["demand"]),
                candidates=number(result["candidates"]),
                existing=number(result["existing"]),
            ),
        ),
    ]
    if result["unreachable"]:
        text = words["unreachable_value"].format(
            places=number(result["unreachable"]),
            amount=number(result["unreachable_demand"]),
            unit=unit,
        )
        pairs.append((words["unreachable"], text))
    return {
        "pairs": pairs,
        "reason": result["reason"],
        "notes": result["notes"],
        "sites": [
            {
                "place": f"{site['longitude']:.6f}, {site['latitude']:.6f}",
                "name": site["name"],
                "gained": number(site["gained"], digits),
            }
            for site in result["sites"]
        ],
    }


def _cells(
    each: Difference, keys: Sequence[str], language: Language
) -> list[dict[str, str] | None]:
    cells: list[dict[str, str] | None] = []
    for key in keys:
        after, change = each.after[key], each.change[key]
        if change is None:
            cells.append(None)
            continue
        write = share if _COLUMNS[key] == "share" else number
        moved = _points(change, language) if _COLUMNS[key] == "share" else _signed(change)
        cells.append({"after": write(after) or "", "change": moved})
    ground = each.ground
    for metres in (None, None) if ground is None else (ground.gained_m2, ground.lost_m2):
        text = number(None if metres is None else metres * _KM2, 2)
        cells.append(None if text is None else {"after": text, "change": ""})
    return cells


def _points(change: float | None, language: Language) -> str:
    """Write the change of a share; nothing, if that would be a zero."""
    if change is None or not round(change, 3):
        return ""
    return f"{_sign(change)}{abs(100 * change):.1f} {WORDS[language]['points']}"


def _signed(change: float) -> str:
    return f"{_sign(change)}{number(abs(change))}" if round(change) else ""


def _sign(change: float) -> str:
    return "+" if change > 0 else _MINUS


def _name(each: Difference, language: Language) -> str:
    name: str = each.before["name"]
    return (each.before["name_en"] or name) if language == "en" else name
