"""The columns of every table that leaves the house: their words, and how their figures read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from geo_service.services.notes import Language
from geo_service.services.scorecard_words import HAVINGS

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


DEMAND_UNIT: Final = "{demand}"

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
    # What a demand layer adds; "{demand}" stands for the layer's own unit.
    _column("demand_points", "需求点", "Demand points", "whole"),
    _column("demand", "需求", "Demand", "whole", DEMAND_UNIT),
    _column("demand_covered", "被覆盖需求", "Demand covered", "whole", DEMAND_UNIT),
    _column("demand_uncovered", "未覆盖需求", "Demand not covered", "whole", DEMAND_UNIT),
    _column("demand_coverage", "需求覆盖率", "Demand coverage", "share"),
    _column("demand_cross_covered", "交叉覆盖需求", "Demand covered twice", "whole", DEMAND_UNIT),
    _column("demand_cross_coverage", "需求交叉覆盖率", "Demand cross coverage", "share"),
    _column("demand_unreachable", "无路可达需求", "Demand no way leads to", "whole", DEMAND_UNIT),
    _column("demand_nearest_mean_m", "需求到站点：平均", "Of demand: mean", "whole", "m"),
    _column("demand_nearest_median_m", "需求到站点：中位数", "Of demand: median", "whole", "m"),
    _column("demand_nearest_p90_m", "需求到站点：九成不超过", "Of demand: 90 %", "whole", "m"),
    _column("demand_nearest_max_m", "需求到站点：最远", "Of demand: largest", "whole", "m"),
    _column(
        "stations_per_10000_demand", "每万需求站点", "Stations per 10,000 of demand", "decimal"
    ),
    _column("stations_without_capacity", "座位未知的站点", "Stations of unknown seats", "whole"),
    _column("capacity_per_10000_demand", "每万需求座位", "Seats per 10,000 of demand", "decimal"),
    _column("supply_2sfca_per_10000", "2SFCA 可达性（每万）", "2SFCA per 10,000", "decimal"),
    _column("supply_e2sfca_per_10000", "E2SFCA 可达性（每万）", "E2SFCA per 10,000", "decimal"),
    _column("demand_elsewhere", "单元以外的需求", "Demand in no unit", "whole", DEMAND_UNIT),
    # All units together.
    _column("units", "单元数", "Units", "whole"),
    _column("units_measured", "有边界的单元", "Units with a boundary", "whole"),
    _column("stations_elsewhere", "单元以外的站点", "Stations in no unit", "whole"),
    # A gap.
    _column("rank", "序号", "No.", "whole"),
    _column("unit", "所在单元", "Unit"),
    _column("place_name", "需求点名称", "Name of the place"),
    _column(
        "uncovered_demand", "半径内未覆盖需求", "Demand not covered there", "whole", DEMAND_UNIT
    ),
    _column("uncovered_km2", "半径内未覆盖面积", "Ground not covered there", "decimal", "km²"),
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
    # The six things of a station; each with its reason.
    *(
        column
        for having, words in HAVINGS.items()
        for column in (
            _column(f"has_{having}", words["zh"], words["en"]),
            _column(f"why_{having}", f"{words['zh']}：依据", f"{words['en']}: why", "long"),
        )
    ),
    _column("shown", "六有得分", "Shown of six", "whole"),
    # What the figures of a layer rest on.
    _column("radius_m", "服务半径", "Service radius", "whole", "m"),
    _column("distance_type", "距离", "Distance"),
    _column("instant", "时刻", "Instant"),
    _column("revision", "修订号", "Revision", "whole"),
    _column("key", "项目", "What"),
    _column("value", "内容", "Text", "long"),
)
COLUMNS: Final[Mapping[str, Column]] = {column.key: column for column in _ALL}


def of_layer(columns: Iterable[Column], unit: str) -> tuple[Column, ...]:
    """Return columns with the unit that a demand layer is counted in."""
    return tuple(
        replace(column, unit=unit) if column.unit == DEMAND_UNIT else column for column in columns
    )


def columns_of(keys: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of these keys, in their order; one nobody worded is headed by its key."""
    return tuple(COLUMNS.get(key) or _column(key, key, key, "plain") for key in keys)
