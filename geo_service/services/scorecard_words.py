"""The words of the scorecard, in Chinese and in English: the six, and why each mark was given."""

from collections.abc import Iterable
from typing import Final

from geo_service.domain.scorecard import SPACING, WITHIN_SIGHT, Having, Mark, Shown
from geo_service.services.notes import Language
from maps.language import WORDS

HAVINGS: Final[dict[Having, dict[Language, str]]] = {
    Having.NAME: {"zh": "统一名称标识", "en": "Uniform name and sign"},
    Having.LAYOUT: {"zh": "布局合理", "en": "Sensible layout"},
    Having.FACILITIES: {"zh": "设施", "en": "Facilities"},
    Having.FUNCTIONS: {"zh": "功能", "en": "Functions"},
    Having.RULES: {"zh": "制度", "en": "Rules"},
    Having.FINDABLE: {"zh": "地图可查", "en": "Findable on a map"},
}
SHOWN: Final[dict[Shown, dict[Language, str]]] = {
    Shown.YES: {"zh": "有", "en": "yes"},
    Shown.NO: {"zh": "无", "en": "no"},
    Shown.UNKNOWN: {"zh": "不详", "en": "unknown"},
}
CRITERIA: Final[dict[Having, dict[Language, str]]] = {
    Having.NAME: {
        "zh": "名称中有“驿站”等统一用语；登记册不记录是否挂牌",
        "en": "The name carries a word such as 驿站; whether a sign hangs there is not recorded",
    },
    Having.LAYOUT: {
        "zh": "直线 {spacing:,.0f} 米之内另有站点",
        "en": "Another station within {spacing:,.0f} m in a straight line",
    },
    Having.FACILITIES: {
        "zh": "记录的设施中有座椅、饮水和热饭",
        "en": "Seating, water and meal heating among the amenities recorded",
    },
    Having.FUNCTIONS: {
        "zh": "记录有健康咨询、急救药品、书报之一，或供应爱心早餐",
        "en": "Health advice, first aid or reading recorded, or a free breakfast",
    },
    Having.RULES: {
        "zh": "每项服务都写明开放时间和面向人群",
        "en": "For every service, when it is open and for whom",
    },
    Having.FINDABLE: {
        "zh": f"坐标精度已记录且不差于 {WITHIN_SIGHT:.0f} 米，可在本服务的地图上查到",
        "en": f"The position is recorded to be known within {WITHIN_SIGHT:.0f} m, and is on this "
        "service's maps",
    },
}

_REASONS: Final[dict[str, dict[Language, str]]] = {
    "name_yes": {
        "zh": "名称中有“{word}”；是否挂牌没有记录",
        "en": "the name carries “{word}”; whether a sign hangs there is not recorded",
    },
    "name_unknown": {
        "zh": "名称中没有统一用语，是否挂牌没有记录",
        "en": "the name carries no word of the programme, and no sign is recorded",
    },
    "layout_yes": {
        "zh": "最近的另一站点在 {metres:,.0f} 米（直线）",
        "en": "the nearest other station is {metres:,.0f} m away in a straight line",
    },
    "layout_no": {
        "zh": "最近的另一站点在 {metres:,.0f} 米（直线），超过 {spacing:,.0f} 米",
        "en": "the nearest other station is {metres:,.0f} m away in a straight line, more than "
        "{spacing:,.0f} m",
    },
    "layout_alone": {
        "zh": "登记册中没有另一站点",
        "en": "there is no other station in the register",
    },
    "layout_unknown": {
        "zh": "坐标精度只有 {accuracy:,.0f} 米，无法判断间距",
        "en": "the position is known to {accuracy:,.0f} m only: too coarse to tell the spacing",
    },
    "amenities_unknown": {"zh": "没有记录任何设施", "en": "no amenities are recorded"},
    "facilities_yes": {"zh": "有{amenities}", "en": "recorded: {amenities}"},
    "facilities_no": {
        "zh": "记录的设施中没有{amenities}",
        "en": "not among the amenities recorded: {amenities}",
    },
    "functions_breakfast": {"zh": "供应爱心早餐", "en": "a free breakfast is served"},
    "functions_yes": {"zh": "有{amenities}", "en": "recorded: {amenities}"},
    "functions_no": {
        "zh": "记录的设施中没有{amenities}，也不供应早餐",
        "en": "none of these is among the amenities recorded: {amenities}; no breakfast either",
    },
    "rules_yes": {
        "zh": "每项服务都写明开放时间和面向人群",
        "en": "hours and groups are stated for every service",
    },
    "rules_unknown": {
        "zh": "没有记录开放时间：{services}",
        "en": "no hours are recorded: {services}",
    },
    "findable_yes": {
        "zh": "坐标精度 {accuracy:,.0f} 米，可在本服务的地图上查到",
        "en": "on this service's maps, the position known within {accuracy:,.0f} m",
    },
    "findable_no": {
        "zh": "坐标精度只有 {accuracy:,.0f} 米，到了附近也看不到",
        "en": "the position is known to {accuracy:,.0f} m only: not within sight",
    },
    "findable_unknown": {
        "zh": "坐标精度没有记录",
        "en": "how exact the position is, is not recorded",
    },
    "findable_made_up": {
        "zh": "演示数据，位置是编造的",
        "en": "demonstration data: the position is made up",
    },
}


def reason_text(mark: Mark, language: Language) -> str:
    """Say why a mark was given."""
    values = dict(mark.values)
    for listed, prefix in (("amenities", "amenity"), ("services", "service")):
        if isinstance(words := values.get(listed), tuple):
            values[listed] = _listed((f"{prefix}_{each}" for each in words), language)
    return _REASONS[mark.reason][language].format(**values)


def criterion_text(having: Having, language: Language, spacing: float = SPACING) -> str:
    """Say what makes one of the six."""
    return CRITERIA[having][language].format(spacing=spacing)


def _listed(keys: Iterable[str], language: Language) -> str:
    words = [WORDS[language][key] for key in keys]
    return "、".join(words) if language == "zh" else ", ".join(words).lower()
