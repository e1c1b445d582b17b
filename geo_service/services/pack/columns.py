"""The columns of every table that leaves the house: their words, and how their figures read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from geo_service.services.notes import Language

Form = Literal[
    "text", "long", "whole", "decimal", "share", "degrees", "flag", "date", "year", "plain"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the key of its values in a row, its heading, and how its values are written.

    ``unit`` is in the heading's own language where that matters; an empty one means none.
    """

    key: str
    zh: str
    en: str
    form: Form = "text"
    unit: str = ""

    def heading(self, language: Language) -> str:
        """Return what stands above the column, its unit included."""
        if not self.unit:
            return self.zh if language == "zh" else self.en
        return f"{self.zh}（{self.unit}）" if language == "zh" else f"{self.en} ({self.unit})"


def _column(key: str, zh: str, en: str, form: Form = "text", unit: str = "") -> Column:
    return Column(key=key, zh=zh, en=en, form=form, unit=unit)


_ALL: Final = (
    # A unit, as services.exporting lays it out.
    _column("code", "代码", "Code"),
    _column("name", "名称", "Name"),
    _column("name_en", "英文名", "Name in English"),
    _column("level", "级别", "Level"),
    _column("county_code", "县区代码", "County code"),
    _column("county", "县区", "County"),
    _column("boundary_status", "边界", "Boundary"),
    _column("approximate", "数字为估算", "Estimate", "flag"),
    _column("stations", "站点", "Stations", "whole"),
    _column("stations_rest", "提供休息", "Offer a rest", "whole"),
    _column("stations_breakfast", "提供爱心早餐", "Serve breakfast", "whole"),
    _column("area_km2", "面积", "Area", "decimal", "km²"),
    _column("covered_km2", "被覆盖面积", "Covered area", "decimal", "km²"),
    _column("area_coverage", "面积覆盖率", "Area coverage", "share"),
    _column("cross_coverage", "交叉覆盖率", "Cross coverage", "share"),
    _column("population", "人口", "Population", "whole"),
    _column("stations_per_10000", "每万人站点", "Stations per 10,000", "decimal"),
    _column("nearest_mean_m", "到最近站点：平均", "To the nearest: mean", "whole", "m"),
    _column("nearest_median_m", "到最近站点：中位数", "To the nearest: median", "whole", "m"),
    _column("nearest_p90_m", "到最近站点：九成不超过", "To the nearest: 90 %", "whole", "m"),
    _column("nearest_max_m", "到最近站点：最远", "To the nearest: largest", "whole", "m"),
    _column("grid_spacing_m", "测点间距", "Grid spacing", "whole", "m"),
    _column("grid_points", "测点数", "Grid points", "whole"),
    _column("worst_gap_longitude", "最远空白点经度", "Worst gap: longitude", "degrees", "°"),
    _column("worst_gap_latitude", "最远空白点纬度", "Worst gap: latitude", "degrees", "°"),
    _column("worst_gap_distance_m", "最远空白点距离", "Worst gap: distance", "whole", "m"),
    _column("worst_gap_nearest_station", "离它最近的站点", "Worst gap: nearest station"),
    _column("population_year", "人口年份", "Population: year", "year"),
    _column("population_source", "人口来源", "Population: source", "long"),
    _column("missing", "缺少的数字及原因", "What is missing, and why", "long"),
    _column("notes", "备注", "Notes", "long"),
    # All units together.
    _column("units", "单元数", "Units", "whole"),
    _column("units_measured", "有边界的单元", "Units with a boundary", "whole"),
    _column("stations_elsewhere", "单元以外的站点", "Stations in no unit", "whole"),
    # A gap.
    _column("rank", "序号", "No.", "whole"),
    _column("unit", "所在单元", "Unit"),
    _column("distance_m", "到最近站点", "To the nearest station", "whole", "m"),
    _column("nearest_station", "最近站点", "Nearest station"),
    _column("nearest_station_name", "最近站点名称", "Nearest station: name"),
    # A station.
    _column("id", "编号", "Identifier"),
    _column("township", "乡镇（街道）", "Township"),
    _column("longitude", "经度", "Longitude", "degrees", "°"),
    _column("latitude", "纬度", "Latitude", "degrees", "°"),
    _column("services", "服务与时间", "Services and hours", "long"),
    _column("amenities", "设施", "Amenities", "long"),
    _column("address", "地址", "Address", "long"),
    _column("telephone", "电话", "Telephone"),
    _column("capacity", "座位", "Seats", "whole"),
    _column("accessibility", "无障碍", "Wheelchair access"),
    _column("accuracy_m", "位置误差", "Position within", "whole", "m"),
    _column("data_status", "数据状态", "Data status"),
    _column("source", "来源", "Source", "long"),
    _column("verified_on", "核实日期", "Verified on", "date"),
    # What the figures of a layer rest on.
    _column("radius_m", "服务半径", "Service radius", "whole", "m"),
    _column("distance_type", "距离", "Distance"),
    _column("instant", "时刻", "Instant"),
    _column("revision", "修订号", "Revision", "whole"),
    _column("key", "项目", "What"),
    _column("value", "内容", "Text", "long"),
)
COLUMNS: Final[Mapping[str, Column]] = {column.key: column for column in _ALL}


def columns_of(keys: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of these keys, in their order; one nobody worded is headed by its key."""
    return tuple(COLUMNS.get(key) or _column(key, key, key, "plain") for key in keys)
