"""A dry run in the words of a page."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from geo_service.domain.station_import import StationImport
from geo_service.persistence.station_files.headers import HEADERS
from geo_service.persistence.station_files.vocabulary import (
    ACCESSIBILITY_WORDS,
    AMENITY_WORDS,
    ANYONE,
    ANYONE_WORDS,
    GROUP_WORDS,
    SERVICE_WORDS,
    STATUS_WORDS,
)
from geo_service.services.hours_text import hours_text
from geo_service.web.language import Language
from geo_service.web.register_imports.words import DATUM_NAMES, WORDS

_CODES: Final[Mapping[str, str]] = {
    **{
        str(code): words[0]
        for table in (SERVICE_WORDS, GROUP_WORDS, AMENITY_WORDS, ACCESSIBILITY_WORDS, STATUS_WORDS)
        for code, words in table.items()
    },
    ANYONE: ANYONE_WORDS[0],
}
_LISTS: Final = frozenset(
    {"services", "rest_for", "breakfast_for", "amenities", "accessibility", "data_status"}
)


def row_of(each: StationImport, zone: tzinfo, language: Language) -> dict[str, str]:
    """Return an import as the list has it."""
    return {
        "id": each.id,
        "file_name": each.file_name,
        "state": WORDS[language][f"state_{each.state}"].partition("：")[0].partition(":")[0],
        "look": _LOOKS.get(each.state.value, ""),
        "who": each.author,
        "when": f"{each.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
    }


_LOOKS: Final = {
    "applied": "good",
    "planned": "heed",
    "failed": "wrong",
    "interrupted": "wrong",
}


def progress_of(found: StationImport, language: Language) -> str:
    """Say how far an import is."""
    words, progress = WORDS[language], found.progress or {}
    return words[f"step_{progress.get('step', '')}"].format(rows=f"{progress.get('rows', 0):,}")


def suspicion_of(summary: Mapping[str, Any], language: Language) -> dict[str, str] | None:
    """Say why positions seem to be of another datum; None where they do not."""
    check = summary["datum"]
    if check["likely"] is None:
        return None
    words, declared, likely = WORDS[language], check["declared"], check["likely"]
    names = {"declared": DATUM_NAMES[declared], "likely": DATUM_NAMES[likely]}
    return {
        "heading": words["likely"].format(**names),
        "text": words["likely_text"].format(
            rows=f"{check['rows']:,}",
            right=f"{check['right'][declared]:,}",
            better=f"{check['right'][likely]:,}",
            **names,
        ),
        "tick": words["datum_is_right"].format(**names),
    }


def entry_of(
    entry: Mapping[str, Any], townships: Mapping[str, str], language: Language, *, closes: bool
) -> dict[str, Any]:
    """Return a row of the table: where, which station, and what about it.

    ``townships`` are their names; ``closes`` says that what the file lacks is to be closed.
    """
    words = WORDS[language]
    return {
        "kind": entry["kind"],
        "look": {"new": "good", "wrong": "wrong", "missing": "heed"}.get(entry["kind"], ""),
        "where": where_of(entry, language),
        "station": " ".join(filter(None, (entry["station_id"], entry["name"]))),
        "lines": [*_lines(entry, townships, language), *_left(entry, words, closes=closes)],
        "faults": [fault_line(each, language) for each in entry["faults"]],
    }


def where_of(entry: Mapping[str, Any], language: Language) -> str:
    """Say where in the file a row stands."""
    words = WORDS[language]
    if entry["row"] is None:
        return ""
    if entry["sheet"]:
        return words["sheet_row"].format(sheet=entry["sheet"], row=entry["row"])
    return words["row_of"].format(row=entry["row"])


def fault_line(fault: Mapping[str, Any], language: Language) -> str:
    """Say what is wrong with a cell, or worth knowing of it, without its row."""
    words = WORDS[language]
    cell = ""
    if fault["header"]:
        cell = words["cell"].format(column=fault["column"] or "", header=fault["header"])
        cell = cell.strip() + (" " if language == "en" else "，")
    value = words["value"].format(value=fault["value"]) if fault["value"] else ""
    return f"{cell}{value}{fault['expected'][language]}"


def remark_line(remark: Mapping[str, Any], language: Language) -> str:
    """Say what is worth knowing, with its row."""
    where = where_of(remark, language)
    line = fault_line(remark, language)
    return f"{where} {line}" if where else line


def understood_of(summary: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Say how the file was read."""
    words, table = WORDS[language], summary["table"]
    sheets = table["sheets"]
    pairs = [
        (words["form"], (table["form"] or "–").upper()),
        (words["encoding"], table["encoding"]),
        (words["rows_read"], f"{summary['rows']:,}"),
        (words["examples"], table["examples"] and f"{table['examples']:,}"),
        (
            words["declared"],
            "、".join(f"{DATUM_NAMES[name]} {n:,}" for name, n in table["datums"].items() if n),
        ),
        (
            words["columns"],
            "、".join(dict.fromkeys(each["header"] for one in sheets for each in one["columns"])),
        ),
        (
            words["unknown"],
            "、".join(dict.fromkeys(each["header"] for one in sheets for each in one["unknown"])),
        ),
    ]
    return {
        "pairs": [(name, value) for name, value in pairs if value],
        "remarks": [remark_line(each, language) for each in summary["remarks"]],
    }


def _lines(
    entry: Mapping[str, Any], townships: Mapping[str, str], language: Language
) -> list[dict[str, str]]:
    words = WORDS[language]
    lines = []
    for each in entry["changes"]:
        field, before, after = each["field"], each["before"], each["after"]
        if field == "township_code":
            field = "township"
            before, after = (townships.get(code or "", code) for code in (before, after))
        lines.append(
            {
                "field": HEADERS[field].in_(language) if field in HEADERS else field,
                "before": _value(field, before, language),
                "after": _value(field, after, language),
            }
        )
    if entry["moved_m"] is not None:
        lines.append({"text": words["moved_by"].format(metres=f"{entry['moved_m']:,.0f}")})
    lines += [
        {
            "text": words["alike_to"].format(
                id=each["station_id"], name=each["name"], metres=f"{each['distance_m']:,.0f}"
            )
        }
        for each in entry["alike"]
    ]
    if entry["astray"]:
        lines.append({"text": words["astray"]})
    return lines


def _left(
    entry: Mapping[str, Any], words: Mapping[str, str], *, closes: bool
) -> list[dict[str, str]]:
    if entry["kind"] != "missing":
        return []
    return [{"text": words["to_close" if closes else "left"]}]


def _value(field: str, value: object, language: Language) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, list):
        return "、".join(_value(field, each, language) for each in value)
    text = str(value)
    if field.endswith("_hours"):
        return hours_text(text, language)
    if field == "datum":
        return DATUM_NAMES.get(text, text)
    if field in _LISTS:
        return _CODES.get(text, text) if language == "zh" else text.replace("_", " ")
    return text
