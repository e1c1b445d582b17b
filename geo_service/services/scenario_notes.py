"""What to know before trusting a comparison, in Chinese and in English."""

from datetime import datetime
from typing import Final

from geo_service.domain.register import Register
from geo_service.services.comparing import Comparison
from geo_service.services.notes import Language, coverage_notes

_NOTES: Final = {
    "planned": {
        "zh": "方案中的站点是设想，并不存在。",
        "en": "What a scenario adds or moves is planned, not there.",
    },
    "moved_on": {
        "zh": "“{name}”是按修订号 {made} 的登记册做的，现在是修订号 {now}；"
        "两边都按现在的登记册计算。",
        "en": "“{name}” was made on revision {made} of the register, which is now at {now}: both "
        "sides are measured on the present one.",
    },
    "unfit": {
        "zh": "“{name}”中有 {count} 处改动已不适用于现在的登记册，没有计入。",
        "en": "{count} edits of “{name}” no longer fit the register and are left out.",
    },
    "area": {
        "zh": "没有选择需求图层：以面积作为需求。",
        "en": "No demand layer is chosen: area is the demand.",
    },
}


def comparison_notes(
    compared: Comparison, today: Register, instant: datetime, language: Language
) -> list[str]:
    """Say what holds for both sides of a comparison."""
    notes = [*coverage_notes(today, compared.answers[0], instant, language)]
    notes.append(_NOTES["planned"][language])
    now = today.revision.number
    for side in (compared.before, compared.after):
        if side.scenario is None:
            continue
        name, made = side.scenario.draft.name, side.scenario.revision
        if made != now:
            notes.append(_NOTES["moved_on"][language].format(name=name, made=made, now=now))
        if side.unfit:
            notes.append(_NOTES["unfit"][language].format(name=name, count=len(side.unfit)))
    layer = compared.query.demand
    if layer is None:
        notes.append(_NOTES["area"][language])
    elif layer.estimate:
        notes.append(layer.estimate)
    return list(dict.fromkeys(notes))
