"""What the pocket says: on the page without signal, and on the phone's home screen."""

from collections.abc import Mapping
from typing import Final

from geo_service.web.language import Language

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "现在没有信号",
        "lead": "这一页要有信号才能打开。手机里已存了站点，附近的驿站照样能查。",
        "nearest": "查附近驿站",
        "again": "再试一次",
        "app_name": "{place}驿站",
        "app_short_name": "附近驿站",
        "app_text": "离你最近的驿站和爱心早餐，没有信号也能查。",
    },
    "en": {
        "title": "No signal now",
        "lead": "This page needs a signal. The stations are on your phone: you can still look up "
        "the nearest.",
        "nearest": "Nearest stations",
        "again": "Try again",
        "app_name": "Rest stations, {place}",
        "app_short_name": "Rest stations",
        "app_text": "The nearest rest station or free breakfast, even without a signal.",
    },
}

# For the script of the page without signal.
STATION_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "rest": "休息",
        "breakfast": "爱心早餐",
        "open": "开着",
        "closed": "现在没开",
        "unknown": "时间不详，先打电话",
        "change": "，{when} 起",
        "copy": "手机里的数据，{when} 核对过。",
    },
    "en": {
        "rest": "Rest",
        "breakfast": "Breakfast",
        "open": "open",
        "closed": "closed",
        "unknown": "hours unknown, call first",
        "change": ", from {when}",
        "copy": "From your phone's copy, checked {when}.",
    },
}
