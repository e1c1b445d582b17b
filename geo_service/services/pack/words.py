"""The words of the files that are taken along, in Chinese and in English."""

from collections.abc import Mapping
from typing import Final

from geo_service.services.notes import Language

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "comma": "、",
        "colon": "：",
        "stop": "。",
        "yes": "是",
        "no": "否",
        "title": "户外劳动者驿站覆盖分析",
        "ribbon": "演示数据，不可作为依据 · Demonstration data",
        "cover": "封面",
        "townships": "乡镇",
        "counties": "区县",
        "city": "全市",
        "gaps": "空白点",
        "stations": "站点",
        "six": "六有",
        "total": "合计",
        "level_township": "乡镇（街道）",
        "level_county": "县区",
        "level_city": "全市",
        "boundary_official": "官方",
        "boundary_approximate": "近似",
        "boundary_none": "没有",
        "access_yes": "轮椅可进",
        "access_limited": "部分可进",
        "access_no": "不便进入",
        "access_unknown": "不详",
        "distance_straight line": "直线距离",
        "distance_estimated walk": "估算步行距离",
        "distance_walk along streets": "沿路网步行距离",
        # What was asked.
        "parameters": "参数",
        "parameter_place": "地方",
        "parameter_made": "生成时间",
        "parameter_revision": "数据版本（修订号）",
        "parameter_level": "分析单元",
        "parameter_radius": "服务半径",
        "parameter_distance": "距离",
        "parameter_instant": "时刻",
        "parameter_filters": "筛选",
        "parameter_crs": "面积计算坐标系",
        "parameter_stations": "计入的站点",
        "parameter_unknown": "其中营业时间不详",
        "parameter_status": "数据状态",
        "parameter_demand": "需求",
        "radius": "{radius} 米",
        "any_time": "不限时刻",
        "open_then": "{when} 开放或可能开放",
        "open_for_sure": "{when} 确定开放",
        "no_filters": "无：全部站点",
        "stations_of": "{counted} 个，登记册共 {all} 个",
        "status_count": "{status} {count} 个站点",
        "by_area": "未用需求图层：按面积计算",
        "of_layer": "{name}，共 {total} {unit}，{status}",
        "layer_estimate": "估算",
        "revision_of": "{number}（{when}）",
        "basis": "{place} · 服务半径 {radius} 米 · {distance} · {instant} · 修订号 {revision} · "
        "{when} · {status}",
        # What came out.
        "summary": "摘要",
        "sum_counted": "本次分析计入 {counted} 个站点：{rest} 个提供休息，{breakfast} "
        "个提供爱心早餐。",
        "sum_covered": "服务半径 {radius} 米（{distance}）之内，站点覆盖{place}面积的 {share}"
        "（{covered} km²，共 {area} km²）；{cross} 的面积有两个或更多站点（交叉覆盖）。",
        "sum_nearest": "从{place}各处到最近的站点，平均 {mean} 米；一半的地方不超过 {median} 米，"
        "九成的地方不超过 {p90} 米。",
        "sum_demand": "需求图层“{name}”共 {total} {unit}：{share} 在服务半径之内，{cross} "
        "有两个或更多"
        "站点可选；{uncovered} {unit}未被覆盖。",
        "sum_demand_nearest": "按需求加权，到最近站点平均 {mean} 米，九成不超过 {p90} 米。",
        "sum_people": "每万常住人口有 {per} 个站点（人口 {population}，{year} 年）。",
        "sum_extremes": "有边界数据的 {measured} 个{units}中，"
        "覆盖率最高的是{best}（{best_share}），"
        "最低的是{worst}（{worst_share}）。",
        "sum_empty": "{count} 个{units}还没有计入的站点。",
        "sum_gap": "最远的空白点在{unit}：离最近的站点 {distance} 米（东经 {longitude}°，北纬 "
        "{latitude}°）。",
        "sum_none": "没有符合条件的站点。",
        "figure_stations": "计入站点",
        "figure_area": "面积覆盖率",
        "figure_cross": "交叉覆盖率",
        "figure_demand": "需求覆盖率",
        "figure_mean": "到最近站点平均",
        "figure_gap": "最远空白点",
        # What it rests on.
        "method": "方法",
        "method_coverage": "面积覆盖率：单元内到任一站点不超过服务半径的面积 ÷ 单元面积。单元以外的"
        "站点也计入，边界不挡人。",
        "method_cross": "交叉覆盖率：到两个或更多站点都不超过服务半径的面积所占比例。"
        "工会“双15”服务圈"
        "以 1 公里、步行 15 分钟和交叉覆盖为目标。",
        "method_nearest": "到最近站点的距离：在单元内均匀布点（间距见“测点间距”），"
        "逐点量到最近站点，"
        "按面积平均，不按人口。",
        "method_gap": "空白点：服务半径以外、离所有站点最远的地方（有需求图层时取需求点），"
        "从远到近；"
        "同一处空白只列一次。",
        "method_demand": "需求覆盖率：到任一站点不超过服务半径的需求 ÷ 全部需求，按权重计。",
        "method_supply": "2SFCA 与 E2SFCA：站点容量（未知按 1 计）÷ 半径内的需求，"
        "再按需求点可达的站点"
        "相加；E2SFCA 近处权重更高。",
        "method_six": "六有只看登记册的记录：有、无、不详；“不详”不等于“无”。",
        "method_people": "每万人站点：登记在该单元的站点数 ÷ 常住人口 × 10 000。",
        "method_straight": "距离为 WGS 84 椭球面上的直线（测地线）。",
        "method_plane": "面积比例在 {crs} 平面内计算，误差不超过单元面积的 0.1 %。",
        "limits": "局限",
        "limit_straight": "直线距离不等于步行距离：国内城市步行距离平均约为直线的 1.3 倍。",
        "limit_area": "按面积计算的覆盖率不说明有多少人被覆盖：农田和街区同样计入。",
        "sources": "来源",
        "source_stations": "站点：{source}（{count} 个）",
        "source_boundaries": "边界：{source}",
        "source_population": "人口：{source}",
        "source_claims": "公开报道中的项目数字（未经核实，不计入本分析）：{claims}",
        "source_claim": "{name} {value}{unit}（{source}）",
        "contents": "目录",
        # The briefing and the picture.
        "figure_map": "图 1　{units}面积覆盖率、服务范围与最远的空白点",
        "figure_chart": "图 2　各县区面积覆盖率与交叉覆盖率",
        "table_counties": "表 2　各县区",
        "table_gaps": "表 1　离站点最远的 {count} 处",
        "table_units": "表 3　各{units}",
        "approximate_mark": "≈ 边界为近似，数字为估算。“–” 没有边界数据，未能计算。",
        "only_first": "只列出覆盖率最低的 {count} 个，共 {all} 个；全部见 Excel 文件。",
        "page": "第 {page} 页，共 {pages} 页",
        "legend_coverage": "面积覆盖率",
        "legend_none": "没有边界数据",
        "legend_station": "站点",
        "legend_catchment": "服务半径之内",
        "legend_gap": "最远的空白点",
        "legend_county": "县区界",
        "legend_cross": "其中交叉覆盖（≥2）",
        "full_width": "满格为 {share}",
        "undrawn": "没有边界、未画出：{names}",
        "north": "北",
        "kilometres": "{km} 公里",
        "metres": "{m} 米",
        # Layers of a GeoPackage.
        "layer_units": "单元与覆盖率",
        "layer_stations": "计入的站点",
        "layer_catchments": "服务范围",
        "layer_uncovered": "未被覆盖的地方",
        "layer_gaps": "最远空白点",
        "layer_about": "说明",
    },
    "en": {
        "comma": ", ",
        "colon": ": ",
        "stop": ".",
        "yes": "yes",
        "no": "no",
        "title": "Coverage by rest stations",
        "ribbon": "Demonstration data, not to be relied on · 演示数据",
        "cover": "Cover",
        "townships": "Townships",
        "counties": "Counties",
        "city": "City",
        "gaps": "Gaps",
        "stations": "Stations",
        "six": "Six things",
        "total": "Total",
        "level_township": "townships",
        "level_county": "counties",
        "level_city": "the city",
        "boundary_official": "official",
        "boundary_approximate": "approximate",
        "boundary_none": "none",
        "access_yes": "yes",
        "access_limited": "limited",
        "access_no": "no",
        "access_unknown": "unknown",
        "distance_straight line": "straight line",
        "distance_estimated walk": "estimated walk",
        "distance_walk along streets": "walk along streets",
        "parameters": "Parameters",
        "parameter_place": "Place",
        "parameter_made": "Made",
        "parameter_revision": "Revision of the data",
        "parameter_level": "Units",
        "parameter_radius": "Service radius",
        "parameter_distance": "Distance",
        "parameter_instant": "Instant",
        "parameter_filters": "Filters",
        "parameter_crs": "Plane of the areas",
        "parameter_stations": "Stations counted",
        "parameter_unknown": "of them, hours not known",
        "parameter_status": "Data status",
        "parameter_demand": "Demand",
        "radius": "{radius} m",
        "any_time": "any time",
        "open_then": "open, or possibly open, at {when}",
        "open_for_sure": "known to be open at {when}",
        "no_filters": "none: all stations",
        "stations_of": "{counted}, of {all} registered",
        "status_count": "{status}: {count} stations",
        "by_area": "no demand layer: by area",
        "of_layer": "{name}, {total} {unit} in all, {status}",
        "layer_estimate": "an estimate",
        "revision_of": "{number} ({when})",
        "basis": "{place} · service radius {radius} m · {distance} · {instant} · revision "
        "{revision} · {when} · {status}",
        "summary": "Summary",
        "sum_counted": "{counted} stations count here: {rest} offer a rest, {breakfast} serve a "
        "free "
        "breakfast.",
        "sum_covered": "Within {radius} m ({distance}), stations cover {share} of the area of "
        "{place} "
        "({covered} of {area} km²); {cross} lies within reach of two stations or more.",
        "sum_nearest": "To the nearest station it is {mean} m on average from anywhere in {place}; "
        "half of the ground is within {median} m, nine tenths within {p90} m.",
        "sum_demand": "Of the demand layer “{name}” ({total} {unit}), {share} is within the "
        "service "
        "radius and {cross} within reach of two stations or more; {uncovered} {unit} are not.",
        "sum_demand_nearest": "Weighted by demand, the nearest station is {mean} m away on "
        "average, "
        "and within {p90} m for nine tenths.",
        "sum_people": "There are {per} stations per 10,000 residents (population {population}, "
        "{year}).",
        "sum_extremes": "Of the {measured} {units} with a boundary, {best} is covered best "
        "({best_share}) and {worst} least ({worst_share}).",
        "sum_empty": "{count} of the {units} have no station that counts.",
        "sum_gap": "The worst gap is in {unit}: {distance} m from the nearest station "
        "({longitude}° E, {latitude}° N).",
        "sum_none": "No station matches.",
        "figure_stations": "Stations counted",
        "figure_area": "Area coverage",
        "figure_cross": "Cross coverage",
        "figure_demand": "Demand coverage",
        "figure_mean": "To the nearest, mean",
        "figure_gap": "Worst gap",
        "method": "Method",
        "method_coverage": "Area coverage: the area of a unit within the service radius of any "
        "station / the unit's area. Stations beyond its border count: a border stops nobody.",
        "method_cross": "Cross coverage: the share of the area within the radius of two "
        "stations or "
        "more. The trade unions' “double 15” programme asks for 1 km, a 15-minute walk and cross "
        "coverage.",
        "method_nearest": "Distance to the nearest station: measured from an even grid over the "
        "unit "
        "(see its spacing); averages are by area, not by people.",
        "method_gap": "Gap: the places beyond the service radius that are farthest from any "
        "station "
        "(of a demand layer's points, if there is one), farthest first, one for each hole.",
        "method_demand": "Demand coverage: demand within the service radius of any station / all "
        "demand, by weight.",
        "method_supply": "2SFCA and E2SFCA: a station's capacity (1 where unknown) / the demand in "
        "its radius, summed over the stations that demand can reach; E2SFCA weighs near ones more.",
        "method_six": "The six things are told by the record alone: yes, no or unknown; unknown is "
        "not no.",
        "method_people": "Stations per 10,000: stations registered in the unit / residents × "
        "10,000.",
        "method_straight": "Distances are geodesics on WGS 84.",
        "method_plane": "Shares of area are formed on {crs} and "
        "are within 0.1 % of the unit's area.",
        "limits": "Limits",
        "limit_straight": "A straight line is not a walk: in Chinese cities walks are about 1.3 "
        "times as long on average.",
        "limit_area": "Coverage by area does not say how many people are covered: fields count "
        "like "
        "streets.",
        "sources": "Sources",
        "source_stations": "Stations: {source} ({count})",
        "source_boundaries": "Boundaries: {source}",
        "source_population": "Population: {source}",
        "source_claims": "The programme's figures as reported (not checked, and not part of this "
        "analysis): {claims}",
        "source_claim": "{name} {value} {unit} ({source})",
        "contents": "Sheets",
        "figure_map": "Figure 1  Area coverage of {units}, ground within reach, and the worst gaps",
        "figure_chart": "Figure 2  Area coverage and cross coverage by county",
        "table_counties": "Table 2  Counties",
        "table_gaps": "Table 1  The {count} places farthest from a station",
        "table_units": "Table 3  All {units}",
        "approximate_mark": "≈ the boundary is approximate and the figure an estimate. “–” no "
        "boundary is known.",
        "only_first": "Only the {count} least covered of {all} are listed; all are in the "
        "workbook.",
        "page": "page {page} of {pages}",
        "legend_coverage": "Area coverage",
        "legend_none": "no boundary",
        "legend_station": "station",
        "legend_catchment": "within the service radius",
        "legend_gap": "worst gaps",
        "legend_county": "county",
        "legend_cross": "of which twice or more",
        "full_width": "full width: {share}",
        "undrawn": "Not drawn, no boundary known: {names}",
        "north": "N",
        "kilometres": "{km} km",
        "metres": "{m} m",
        "layer_units": "Units and coverage",
        "layer_stations": "Stations counted",
        "layer_catchments": "Within the service radius",
        "layer_uncovered": "Not covered",
        "layer_gaps": "Worst gaps",
        "layer_about": "About",
    },
}

# The reasons why figures are missing come from the domain in English; each begins like this.
REASONS_ZH: Final[Mapping[str, str]] = {
    "no boundary is known": "没有边界数据",
    "the boundary encloses no area": "边界不围成面积",
    "the boundary does not fit on": "边界超出投影平面",
    "no station matches": "没有符合条件的站点",
    "the population is not known": "人口未知",
    "nobody lives there": "无人居住",
    "no unit has a boundary": "没有一个单元有边界数据",
    "no part of the place has a boundary": "没有边界数据",
    "the boundary was not valid and has been repaired": "边界有误，已修补",
}


def reason_text(reason: str, language: Language) -> str:
    """Return a reason of the domain's in the language of the file."""
    if language == "en":
        return reason
    return next((zh for en, zh in REASONS_ZH.items() if reason.startswith(en)), reason)
