"""The words a cell may say for each thing on a list, in Chinese and in English.

The first word is the one that templates and exports write; the code of the thing itself, such as
``meal_heating``, is always understood.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from geo_service.domain.datum import Datum
from geo_service.domain.station import Accessibility, Amenity, DataStatus, Group, ServiceKind
from geo_service.persistence.station_files.headers import normalised

Kind = TypeVar("Kind", bound=StrEnum)

ANYONE: Final = "anyone"
ANYONE_WORDS: Final = (
    *("所有人", "所有户外劳动者", "户外劳动者", "户外工作者", "不限", "任何人", "全体", "大家"),
    *("everyone", "all", "all outdoor workers", "outdoor workers"),
)

SERVICE_WORDS: Final[Mapping[ServiceKind, tuple[str, ...]]] = {
    ServiceKind.REST: ("休息", "歇脚", "驿站", "爱心驿站"),
    ServiceKind.BREAKFAST: ("早餐", "爱心早餐", "免费早餐", "早饭", "free breakfast"),
}
GROUP_WORDS: Final[Mapping[Group, tuple[str, ...]]] = {
    Group.SANITATION: (
        *("环卫工", "环卫工人", "环卫", "环卫职工"),
        *("sanitation workers", "sanitation worker"),
    ),
    Group.BUS_DRIVER: (
        *("公交司机", "公交车司机", "公交驾驶员", "公交车驾驶员", "公交"),
        *("bus drivers", "bus driver"),
    ),
}
AMENITY_WORDS: Final[Mapping[Amenity, tuple[str, ...]]] = {
    Amenity.WATER: ("饮水", "喝水", "饮用水", "饮水机", "热水", "开水", "drinking water"),
    Amenity.SEATING: ("座椅", "桌椅", "椅子", "休息座椅", "seats"),
    Amenity.MEAL_HEATING: ("热饭", "微波炉", "加热饭菜", "饭菜加热", "microwave"),
    Amenity.FIRST_AID: ("急救药品", "急救药", "急救箱", "药箱", "医药箱", "急救包", "药品"),
    Amenity.HEALTH_ADVICE: ("健康咨询", "健康服务", "医疗咨询"),
    Amenity.READING: ("书报", "看书", "图书", "报刊", "图书报刊", "阅读", "books"),
    Amenity.CHARGING: ("充电", "手机充电", "充电器", "充电设备", "充电插座"),
    Amenity.TOILET: ("厕所", "卫生间", "洗手间", "公厕", "toilets"),
    Amenity.COOLING: ("纳凉", "空调", "风扇", "避暑", "降温"),
    Amenity.HEATING: ("取暖", "暖气", "供暖", "取暖器"),
}
ACCESSIBILITY_WORDS: Final[Mapping[Accessibility, tuple[str, ...]]] = {
    Accessibility.YES: ("是", "有", "能进", "可以"),
    Accessibility.LIMITED: ("部分", "部分能进"),
    Accessibility.NO: ("否", "无", "没有", "不便进入", "不能"),
    Accessibility.UNKNOWN: ("不详", "未知", "不清楚"),
}
STATUS_WORDS: Final[Mapping[DataStatus, tuple[str, ...]]] = {
    DataStatus.OFFICIAL: ("正式", "正式数据", "官方"),
    DataStatus.DERIVED: ("推算", "推算数据"),
    DataStatus.DEMONSTRATION: ("演示", "演示数据"),
}
DATUM_WORDS: Final[Mapping[Datum, tuple[str, ...]]] = {
    Datum.WGS84: ("WGS-84", "WGS1984", "GPS", "EPSG:4326", "CGCS2000", "天地图"),
    Datum.GCJ02: ("GCJ-02", "高德", "腾讯", "火星坐标", "火星", "高德地图", "腾讯地图"),
    Datum.BD09: ("BD-09", "BD09LL", "百度", "百度地图", "百度坐标"),
}


def _by_word(words: Mapping[Kind, tuple[str, ...]]) -> dict[str, str]:
    known = {normalised(word): kind.value for kind, called in words.items() for word in called}
    return known | {normalised(kind.value): kind.value for kind in words}


_MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "services": _by_word(SERVICE_WORDS),
    "for": _by_word(GROUP_WORDS) | {normalised(word): ANYONE for word in (*ANYONE_WORDS, ANYONE)},
    "amenities": _by_word(AMENITY_WORDS),
    "accessibility": _by_word(ACCESSIBILITY_WORDS),
    "data_status": _by_word(STATUS_WORDS),
    "datum": _by_word(DATUM_WORDS),
}
_FIRST_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "services": tuple(words[0] for words in SERVICE_WORDS.values()),
    "for": (ANYONE_WORDS[0], *(words[0] for words in GROUP_WORDS.values())),
    "amenities": tuple(words[0] for words in AMENITY_WORDS.values()),
    "accessibility": tuple(words[0] for words in ACCESSIBILITY_WORDS.values()),
    "data_status": tuple(words[0] for words in STATUS_WORDS.values()),
    "datum": tuple(words[0] for words in DATUM_WORDS.values()),
}


def meaning_of(list_name: str, word: str) -> str | None:
    """Return the code of the thing that a word names, if it is on that list."""
    return _MEANINGS[list_name].get(normalised(word))


def first_words(list_name: str) -> tuple[str, ...]:
    """Return one Chinese word for each thing on a list."""
    return _FIRST_WORDS[list_name]


def codes(list_name: str) -> tuple[str, ...]:
    """Return the codes of all that is on a list."""
    return tuple(dict.fromkeys(_MEANINGS[list_name].values()))
