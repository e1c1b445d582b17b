"""What to know before trusting an answer, in Chinese and in English."""

from datetime import datetime
from typing import Final, Literal

from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.coverage import CoverageAnswer, day_counted
from geo_service.services.history import CoverageHistory

Language = Literal["zh", "en"]

_NOTES: Final = {
    "demonstration": {
        "zh": "演示数据，请勿前往：登记册 {stations} 个站点中有 {count} 个是为演示而生成的，"
        "位置并不真实。",
        "en": "演示数据，请勿前往 · Demonstration data: {count} of {stations} stations were "
        "made up to show the service; do not go there.",
    },
    "stale": {
        "zh": "现在无法查询数据库：这是截至 {when} 的登记册，此后的更改尚未包括在内。",
        "en": "The database cannot be asked now: this is the register as of {when}; later changes "
        "are not in it.",
    },
    "holidays": {
        "zh": "法定节假日和调休安排公布到 {year} 年；此后只按星期和法定放假日判断营业时间。",
        "en": "Public holidays and make-up workdays are published to {year}; after that, opening "
        "hours follow the weekday and statutory holidays alone.",
    },
    "approximate": {
        "zh": "{units} 个单元中有 {count} 个边界是近似的：与其面积有关的数字都是估算。",
        "en": "{count} of {units} boundaries are approximations: figures about their ground are "
        "estimates.",
    },
    "without": {
        "zh": "以下单元没有边界数据，未能计算：{names}。",
        "en": "No boundary is known for {names}.",
    },
    "population": {
        "zh": "{count} 个单元的人口未知，因此没有每万人站点数。",
        "en": "The population of {count} units is not known, and so stations per 10,000 are not.",
    },
    "unknown_hours": {
        "zh": "计入的站点中有 {count} 个营业时间不详，届时可能关门；open_only=true 可排除它们。",
        "en": "{count} of the stations counted may be closed then: their hours are not known. "
        "open_only=true leaves them out.",
    },
    "as_of": {
        "zh": "计入的是 {day} 存在的站点；边界、人口和营业时间都是现在登记的。",
        "en": "Counted are the stations in being on {day}; boundaries, population and opening "
        "hours are those recorded today.",
    },
    "history": {
        "zh": "每个日期计入当日存在的站点；边界、人口和营业时间都是现在登记的，过去的没有记录。",
        "en": "For each date the stations then in being are counted; boundaries, population and "
        "opening hours are those recorded today: nobody kept what they were.",
    },
    "undated": {
        "zh": "计入的站点中有 {count} 个启用日期不详，按一直存在计算。",
        "en": "Of {count} of the stations counted nobody knows when they opened: they count as if "
        "they always were.",
    },
    "straight": {
        "zh": "距离为直线距离，不是步行距离。",
        "en": "Distances are straight lines, not walks.",
    },
}


def _note(key: str, language: Language, **values: object) -> str:
    return _NOTES[key][language].format(**values)


def stale_note(checked_at: datetime, language: Language) -> str:
    """Say since when nobody knows whether this is still the present register."""
    return _note("stale", language, when=f"{checked_at:%Y-%m-%d %H:%M:%S}")


def register_notes(register: Register, instant: datetime, language: Language) -> list[str]:
    """Say what holds for every answer from this register at this instant."""
    notes = []
    if made_up := register.data_status.get(DataStatus.DEMONSTRATION, 0):
        total = len(register.stations)
        notes.append(_note("demonstration", language, count=made_up, stations=total))
    through = register.calendar.published_through
    if through is not None and instant.astimezone(register.place.zone).year > through:
        notes.append(_note("holidays", language, year=through))
    return notes


def coverage_notes(
    register: Register, answer: CoverageAnswer, instant: datetime, language: Language
) -> list[str]:
    """Say what holds for this coverage."""
    notes = register_notes(register, answer.query.instant or instant, language)
    notes += _notes_of_day(register, answer, instant, language)
    units = answer.report.units
    if approximate := sum(unit.approximate for unit in units):
        notes.append(_note("approximate", language, count=approximate, units=len(units)))
    if without := [unit.unit.name for unit in units if unit.area_m2 is None]:
        joined = ("、" if language == "zh" else ", ").join(without)
        notes.append(_note("without", language, names=joined))
    if unpeopled := sum(unit.population is None for unit in units):
        notes.append(_note("population", language, count=unpeopled))
    if answer.of_unknown_openness:
        notes.append(_note("unknown_hours", language, count=answer.of_unknown_openness))
    notes.append(_note("straight", language))
    return notes


def history_notes(
    register: Register, history: CoverageHistory, instant: datetime, language: Language
) -> list[str]:
    """Say what holds for this history."""
    notes = [_note("history", language)]
    if history.undated:
        notes.append(_note("undated", language, count=history.undated))
    # What is said of a single day's answer, that day's own notes aside, holds for all of them.
    last = history.points[-1].answer
    said = coverage_notes(register, last, instant, language)
    its_own = _notes_of_day(register, last, instant, language)
    return notes + [each for each in said if each not in its_own]


def _notes_of_day(
    register: Register, answer: CoverageAnswer, instant: datetime, language: Language
) -> list[str]:
    """Say what of the answer is of its day and what is not, where that is another than today."""
    day, today = day_counted(register, answer.query), register.eras.day_of(instant)
    if day == today:
        return []
    notes = [_note("as_of", language, day=day.isoformat())]
    undated = sum(each.opened_on is None for each in answer.stations)
    if day < today and undated:
        notes.append(_note("undated", language, count=undated))
    return notes
