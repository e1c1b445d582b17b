"""What the columns of a file of stations are called, in Chinese and in English.

The first name of each language is the one that templates and exports write.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from geo_service.persistence.station_files.faults import Said

_NAMES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "id": (
        ("编号", "站点编号", "驿站编号", "站点代码", "站点ID"),
        ("id", "identifier", "station id", "number"),
    ),
    "name": (
        ("名称", "站点名称", "驿站名称", "站名", "站点", "驿站", "点位名称", "早餐点名称"),
        ("name", "station name", "station"),
    ),
    "name_en": (("英文名称", "英文名"), ("name_en", "english name")),
    "services": (
        ("服务", "服务类型", "服务种类", "提供服务", "服务项目"),
        ("services", "service"),
    ),
    "rest_hours": (
        ("休息时间", "休息开放时间", "驿站开放时间", "休息服务时间"),
        ("rest_hours", "rest opening hours"),
    ),
    "rest_for": (("休息对象", "休息服务对象", "驿站服务对象"), ("rest_for",)),
    "breakfast_hours": (
        ("早餐时间", "早餐供应时间", "供餐时间", "早餐开放时间"),
        ("breakfast_hours", "breakfast opening hours"),
    ),
    "breakfast_for": (("早餐对象", "早餐服务对象", "供餐对象"), ("breakfast_for",)),
    # One column for whatever service the row names.
    "hours": (
        ("开放时间", "营业时间", "服务时间", "开放时段"),
        ("hours", "opening_hours", "open"),
    ),
    "for": (("服务对象", "服务人群", "面向人群", "面向对象"), ("for", "groups", "for whom")),
    "amenities": (
        ("设施", "服务设施", "配套设施", "设施设备", "设备设施", "配备设施"),
        ("amenities", "facilities", "equipment"),
    ),
    "address": (
        ("地址", "详细地址", "站点地址", "具体地址", "具体位置", "驿站地址", "所在地址"),
        ("address", "street address"),
    ),
    "township_code": (
        ("乡镇街道代码", "乡镇代码", "街道代码", "区划代码", "行政区划代码"),
        ("township_code", "subdistrict code"),
    ),
    "township": (
        ("乡镇街道", "乡镇", "街道", "乡镇/街道", "街道/乡镇", "所属乡镇", "所属街道"),
        ("township", "town", "subdistrict"),
    ),
    "county": (("区县", "县区", "所属区县", "所属县区", "县/区", "区/县"), ("county", "district")),
    "telephone": (
        ("电话", "联系电话", "站点电话", "联系方式", "电话号码"),
        ("telephone", "phone", "tel", "phone number"),
    ),
    "capacity": (
        ("座位数", "容量", "座位", "可容纳人数", "容纳人数"),
        ("capacity", "seats"),
    ),
    "accessibility": (
        ("无障碍", "轮椅", "无障碍通行", "无障碍设施"),
        ("accessibility", "wheelchair", "wheelchair access"),
    ),
    "longitude": (("经度", "东经", "经度坐标"), ("longitude", "lon", "lng", "long")),
    "latitude": (("纬度", "北纬", "纬度坐标"), ("latitude", "lat")),
    "datum": (("坐标系", "坐标系统", "坐标类型", "坐标基准"), ("datum", "coordinate system")),
    "data_status": (("数据状态", "数据性质"), ("data_status", "status of data")),
    "source": (("数据来源", "来源", "信息来源"), ("source", "data source")),
    "accuracy_m": (
        ("坐标误差（米）", "坐标精度", "误差", "位置误差", "定位精度"),
        ("accuracy_m", "accuracy"),
    ),
    "verified_on": (
        ("核实日期", "核实时间", "最近核实", "核查日期"),
        ("verified_on", "verified", "last verified"),
    ),
    "opened_on": (
        ("启用日期", "启用时间", "建成日期", "建成时间", "开放日期"),
        ("opened_on", "opened", "opening date"),
    ),
    "closed_on": (
        ("停用日期", "停用时间", "关闭日期", "撤销日期"),
        ("closed_on", "closed", "closing date"),
    ),
    "reported_closed_on": (
        ("上报关闭日期",),
        ("reported_closed_on", "reported closed"),
    ),
}

HEADERS: Final[Mapping[str, Said]] = {
    field: Said(zh[0], en[0]) for field, (zh, en) in _NAMES.items()
}
"""What each field's column is called where the service writes it."""

_BRACKETS: Final = re.compile(r"[(\[【][^)\]】]*[)\]】]")
# Signs that forms put beside a name: "经度*", "座位数：", "rest_hours".
_DECORATION: Final = re.compile(r"[\s*:_\-.\u200b\ufeff]+")


def normalised(words: str) -> str:
    """Return a name as it is compared: no case, no spaces, full width made half."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", words).casefold())


_FIELDS: Final[Mapping[str, str]] = {
    normalised(name): field for field, both in _NAMES.items() for names in both for name in names
}


@cache
def field_of(header: str) -> str | None:
    """Return what a column with this header holds, if it is known."""
    if len(header) > 100:
        return None
    known = _FIELDS.get(normalised(header))
    return known or _FIELDS.get(_without_brackets(header))


def in_brackets(header: str) -> str:
    """Return what a header says in brackets: a unit, or a datum."""
    return "".join(_BRACKETS.findall(unicodedata.normalize("NFKC", header)))[1:-1].strip()


def _without_brackets(header: str) -> str:
    return normalised(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))


def letter_of(position: int) -> str:
    """Return the letter over a column, which is counted from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
