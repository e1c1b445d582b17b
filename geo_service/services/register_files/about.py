"""What a file of the register says of itself, as pairs of a word and what it stands for."""

from collections import Counter
from typing import Final

from geo_service.domain.station import DataStatus
from geo_service.persistence.station_files import Language, Said
from geo_service.services.register_files.contents import Contents

_STATUS: Final = {
    DataStatus.OFFICIAL: Said("正式", "official"),
    DataStatus.DERIVED: Said("推算", "derived"),
    DataStatus.DEMONSTRATION: Said("演示（虚构，不能用于决策）", "demonstration (invented)"),
}
_WORDS: Final = {
    "title": Said("标题", "Title"),
    "place": Said("地方", "Place"),
    "revision": Said("版本", "Revision"),
    "made": Said("版本时间", "Time of the revision"),
    "stations": Said("站点数", "Stations"),
    "status": Said("数据情况", "How far the data may be trusted"),
    "degrees": Said("经纬度", "Degrees"),
    "hours": Said("时间写法", "Hours"),
}
_DEGREES: Final = Said(
    "按采集时的原样写出，各行的坐标系见该行", "are the readings as they were given, in the datum"
)
_HOURS: Final = Said(
    "OpenStreetMap 的写法，例如 Mo-Fr 08:00-18:00; PH off；空着表示不详",
    "are in the grammar of OpenStreetMap, like Mo-Fr 08:00-18:00; PH off; empty: not known",
)


def about(contents: Contents, language: Language) -> list[tuple[str, str]]:
    """Return what the file is of, from when, and how far it may be trusted."""
    revision, (place, stations) = (
        contents.revision,
        (contents.dataset.place, contents.dataset.stations),
    )
    english = language == "en"
    counted = Counter(station.data_status for station in stations)
    said = {
        "title": (english and place.title_en) or place.title,
        "place": (english and place.name_en) or place.name,
        "revision": str(revision.number),
        "made": revision.committed_at.astimezone(place.zone).isoformat(timespec="seconds"),
        "stations": str(len(stations)),
        "status": "; ".join(
            f"{_STATUS[status].in_(language)} {counted[status]}"
            for status in DataStatus
            if counted[status]
        ),
        "degrees": _DEGREES.in_(language),
        "hours": _HOURS.in_(language),
    }
    return [(_WORDS[key].in_(language), text) for key, text in said.items()]
