"""Lines are read in the forms that people have them, and refused with the place of the fault."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.datum import Datum
from geo_service.services.route_text import UnreadableRouteError, decoded, read_route

HERE, THERE = (114.0163, 33.5814), (114.05, 33.6)
LINE = {"type": "LineString", "coordinates": [[*HERE], [*THERE]]}
FEATURE = {"type": "Feature", "properties": {"name": "清扫一号线"}, "geometry": LINE}
GPX = """<?xml version="1.0" encoding="{encoding}"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>x</name></metadata>
<trk><name>三路 <![CDATA[早班]]></name>
<trkseg><trkpt lat="33.5814" lon="114.0163"><ele>61</ele></trkpt></trkseg>
<trkseg><trkpt lat="33.6" lon="114.05"/></trkseg></trk></gpx>"""
ROUTE = GPX.replace("trkseg>", "extensions>").replace("trkpt", "rtept").replace("trk>", "rte>")


@pytest.mark.parametrize(
    "text",
    [
        "114.0163,33.5814\n114.05,33.6",
        "114.0163, 33.5814; 114.05, 33.6;",
        "114.0163 33.5814\r\n\r\n114.05\t33.6\r\n",
        "１１４.0163，33.5814；114.05，33.6",
        "\ufeff114.0163,33.5814,61\n114.05,33.6,60",
        json.dumps(LINE),
        json.dumps(FEATURE),
        json.dumps({"type": "FeatureCollection", "features": [FEATURE]}),
        json.dumps({"type": "MultiLineString", "coordinates": [LINE["coordinates"]]}),
        json.dumps(LINE["coordinates"]),
        GPX.format(encoding="UTF-8"),
        GPX.format(encoding="gb2312"),
        ROUTE.format(encoding="UTF-8"),
    ],
)
def test_a_line_is_read_in_every_form(text: str) -> None:
    assert read_route(text).readings == (HERE, THERE)


def test_a_name_is_taken_along() -> None:
    assert read_route(json.dumps(FEATURE)).name == "清扫一号线"
    assert read_route(GPX.format(encoding="UTF-8")).name == "三路 早班"


def test_gpx_is_wgs84_whatever_else_is_said() -> None:
    route = read_route(GPX.format(encoding="UTF-8"))

    assert route.datum is Datum.WGS84
    assert route.places(Datum.GCJ02)[0].longitude == HERE[0]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("", "empty", "nothing"),
        (" \n\t", "empty", "nothing"),
        ("114.0163,33.5814\n\nabc", "position", "Line 3: 'abc'"),
        ("114.0163,nan\n1,2", "position", "Line 1"),
        ("114.0163", "position", "Line 1"),
        ("1e5,3\n1,2", "position", "Line 1"),
        ("33.5814,114.0163\n33.6,114.05", "swapped", "Position 1"),
        ("114,33\n200,33", "range", "Position 2"),
        ("114,33\n114,33", "few", "two different"),
        ("\n".join(f"114,{each / 1e4:.4f}" for each in range(5001)), "many", "5,001"),
        ('{"type":\n "LineString",,}', "json", "Line 2, column 15"),
        ("[" * 100_000, "json_deep", "deep"),
        ("[[NaN, 1], [2, 3]]", "geojson", "no LineString"),
        ('{"type": "Point", "coordinates": [1, 2]}', "geojson", "no LineString"),
        ('{"type": "FeatureCollection", "features": 3}', "geojson", "no LineString"),
        (json.dumps({"type": "FeatureCollection", "features": [FEATURE] * 2}), "several", "2"),
        ("[[1, 2], [1]]", "geojson_position", "Position 2"),
        ("[[1, 2], [true, 2]]", "geojson_position", "Position 2"),
        ("[[1, 2], [1" + "0" * 400 + ", 2]]", "geojson_position", "Position 2"),
        ("<gpx>\n<trk>", "xml", "Line 2"),
        ("<gpx/>", "gpx", "no track"),
        ("<html><body>x</body></html>", "gpx", "no track"),
        ('<gpx><trk><trkseg>\n<trkpt lat="x" lon="1"/></trkseg></trk></gpx>', "gpx_position",
         "Line 2"),
        ("<gpx><trk/><trk/></gpx>", "several", "2"),
        ("<gpx><trk></trk></gpx>", "few", "two different"),
        ('<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "xml_entities", "entities"),
        ('<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>', "xml_entities", "entities"),
        ("<gpx>&undeclared;</gpx>", "xml", "Line 1"),
    ],
)  # fmt: skip
def test_what_is_no_route_is_refused_with_the_place_of_the_fault(
    text: str, key: str, said: str
) -> None:
    with pytest.raises(UnreadableRouteError, match=said) as refusal:
        read_route(text)

    assert refusal.value.key == key


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    bomb = f'<!DOCTYPE gpx [<!ENTITY a0 "ha">{levels}]><gpx>&a19;</gpx>'

    with pytest.raises(UnreadableRouteError, match="entities"):
        read_route(bomb)


@given(st.text(max_size=80) | st.text('[]{}",:0123456789.;<>&! \nLine', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableRouteError):
        assert len(read_route(text).readings) > 1


def test_files_may_be_in_the_old_chinese_encoding() -> None:
    assert decoded("清扫线".encode("gb18030")) == "清扫线"
    assert decoded("\ufeff清扫线".encode()) == "清扫线"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UnreadableRouteError, match="UTF-8"):
        decoded(b"PK\x03\x04\xff\xff\xff")
