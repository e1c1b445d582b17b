"""The words of a keeper's page, in Chinese and in English."""

from collections.abc import Mapping
from typing import Final

from geo_service.web.language import Language

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "请您核对",
        "lead": "您是这个站点的负责人。下面是工人在手机上看到的内容，请核对一遍。",
        "offers": "提供什么",
        "service": "{name}：{rule}；服务对象：{groups}",
        "reported": "有好几个人说这里关着（{day} 起）。如果不是这样，请打电话告诉工会。",
        "all_right": "都对",
        "all_right_text": "记下今天由您核实过。",
        "wrong": "有错",
        "wrong_text": "到站点页面说一声哪里不对。",
        "thanks": "谢谢！已记下今天核实过。",
        "changed": "刚才有人改过这份档案，您看到的是旧的。请再看一遍下面的内容，再点“都对”。",
        "private": "这个链接只给您用，请不要转发。",
    },
    "en": {
        "title": "Please check",
        "lead": "You keep this station. Below is what workers see on their phones: please go "
        "through it.",
        "offers": "What is offered",
        "service": "{name}: {rule}; for: {groups}",
        "reported": "Several people say that it is closed (since {day}). If that is not so, please "
        "call the union.",
        "all_right": "All right",
        "all_right_text": "Notes that you verified it today.",
        "wrong": "Something is wrong",
        "wrong_text": "Say what, on the station's page.",
        "thanks": "Thank you! Noted as verified today.",
        "changed": "Somebody changed this record just now, and you saw the old one. Please look "
        "once more, then tap “All right”.",
        "private": "This link is for you alone: please do not pass it on.",
    },
}
