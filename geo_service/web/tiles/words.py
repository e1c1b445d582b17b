"""What is said of the tiles: of each layer, and on the example page."""

from typing import Final

from geo_service.web.language import Language

LAYERS: Final[dict[str, dict[Language, str]]] = {
    "stations": {
        "zh": "驿站与爱心早餐点",
        "en": "Rest stations and free-breakfast points",
    },
    "townships": {
        "zh": "乡镇（街道），边界为近似",
        "en": "Townships, by approximate outlines",
    },
    "counties": {"zh": "区县，边界为近似", "en": "Counties, by approximate outlines"},
    "coverage": {
        "zh": "乡镇在直线 1 公里内的覆盖率，边界为近似",
        "en": "The share of each township within 1 km, by straight line, of a station; "
        "outlines are approximate",
    },
}

WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "title": "矢量瓦片示例",
        "lead": "这张地图只用本服务的矢量瓦片绘制：乡镇按覆盖率着色，圆点为驿站。"
        "点按圆点或乡镇查看说明；用键盘时，方向键移动地图，回车读出中心处的内容。",
        "map": "地图：乡镇覆盖率与驿站",
        "nothing": "这里没有驿站，也没有已知边界的乡镇。",
        "station": "驿站",
        "township": "乡镇",
        "coverage": "{share}% 的面积在直线 {radius} 米内（{day}）；边界为近似",
        "unknown": "覆盖率未知",
        "legend": "图例：面积在直线 1 公里内的比例",
        "demonstration": "演示数据",
        "source": "在自己的地图中使用",
        "address": "地址（TileJSON）",
        "layer": "图层",
        "code": "绘制这张地图的脚本",
        "failed": "瓦片暂时取不到，请稍后再试。",
    },
    "en": {
        "title": "Vector tiles, an example",
        "lead": "This map is drawn from this service's vector tiles alone: townships in the shade "
        "of their coverage, stations as dots. Press a dot or a township to "
        "read about it; by keyboard, arrows move the map, and Enter tells what is at its centre.",
        "map": "Map: coverage of townships, and stations",
        "nothing": "No station here, and no township whose outline is known.",
        "station": "Station",
        "township": "Township",
        "coverage": "{share}% of the ground within {radius} m by straight line ({day}); "
        "outlines are approximate",
        "unknown": "coverage unknown",
        "legend": "Share of the ground within 1 km by straight line",
        "demonstration": "demonstration data",
        "source": "Use them in a map of your own",
        "address": "Address (TileJSON)",
        "layer": "Layer",
        "code": "The script that draws this map",
        "failed": "The tiles cannot be had just now. Please try again later.",
    },
}
