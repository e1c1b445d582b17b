"""Links to the map apps, read back as the apps would read them."""

from urllib.parse import parse_qs, unquote, urlsplit

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.navigation import NavigationLinks, label_of, links_to

AT = Coordinate(longitude=114.0163, latitude=33.5815)
HOSTILE = "站\"1'&to=0,0#<script>\n(a|b):c;d,e%20+?\x00"


def fields(link: str) -> dict[str, str]:
    read = parse_qs(urlsplit(link).query, strict_parsing=True, keep_blank_values=True)
    assert all(len(values) == 1 for values in read.values())
    return {key: values[0] for key, values in read.items()}


def links(name: str = "演示站点-001", origin: Coordinate | None = None) -> NavigationLinks:
    return links_to(AT, name, place="漯河市", source="example", origin=origin)


def test_amap_gets_gcj02_longitude_first() -> None:
    read = fields(links()["amap"])

    lon, lat, name = read["to"].split(",")
    theirs = prcoords.wgs_gcj((AT.latitude, AT.longitude))
    assert (float(lon), float(lat)) == pytest.approx((theirs.lon, theirs.lat), abs=1e-6)
    assert name == "演示站点-001"
    assert (read["coordinate"], read["mode"], read["callnative"]) == ("gaode", "walk", "1")


def test_tencent_gets_gcj02_latitude_first() -> None:
    read = fields(links()["tencent"])

    lat, lon = map(float, read["tocoord"].split(","))
    theirs = prcoords.wgs_gcj((AT.latitude, AT.longitude))
    assert (lat, lon) == pytest.approx((theirs.lat, theirs.lon), abs=1e-6)
    assert (read["coord_type"], read["type"], read["to"]) == ("2", "walk", "演示站点-001")
    assert read["referer"] == "example"


def test_baidu_without_an_origin_shows_the_place_in_bd09() -> None:
    link = links()["baidu"]

    read = fields(link)
    lat, lon = map(float, read["location"].split(","))
    theirs = prcoords.wgs_bd((AT.latitude, AT.longitude))
    assert urlsplit(link).path == "/marker"
    assert (lat, lon) == pytest.approx((theirs.lat, theirs.lon), abs=1e-6)
    assert (read["coord_type"], read["output"]) == ("bd09ll", "html")
    assert (read["title"], read["content"]) == ("演示站点-001", "漯河市")


def test_baidu_with_an_origin_leads_from_there() -> None:
    origin = Coordinate(longitude=114.05, latitude=33.6)

    link = links(origin=origin)["baidu"]

    read = fields(link)
    start = dict(part.split(":") for part in read["origin"].split("|"))
    end = dict(part.split(":") for part in read["destination"].split("|"))
    theirs = prcoords.wgs_bd((origin.latitude, origin.longitude))
    assert urlsplit(link).path == "/direction"
    assert tuple(map(float, start["latlng"].split(","))) == pytest.approx(theirs, abs=1e-6)
    assert end["name"] == "演示站点-001"
    assert (read["mode"], read["region"]) == ("walking", "漯河市")


def test_apple_gets_gcj02_latitude_first() -> None:
    read = fields(links()["apple"])

    lat, lon = map(float, read["daddr"].split(","))
    theirs = prcoords.wgs_gcj((AT.latitude, AT.longitude))
    assert (lat, lon) == pytest.approx((theirs.lat, theirs.lon), abs=1e-6)
    assert read["dirflg"] == "w"


def test_a_geo_uri_is_in_wgs84() -> None:
    link = links()["geo"]

    assert unquote(link) == "geo:33.581500,114.016300?q=33.581500,114.016300(演示站点-001)"


def test_outside_china_every_app_gets_wgs84() -> None:
    montreal = links_to(Coordinate(longitude=-73.57, latitude=45.5), "Peel", place="Montréal")

    assert fields(montreal["amap"])["to"] == "-73.570000,45.500000,Peel"
    assert fields(montreal["baidu"])["location"] == "45.500000,-73.570000"
    assert fields(montreal["apple"])["daddr"] == "45.500000,-73.570000"


@pytest.mark.parametrize("origin", [None, AT])
@given(name=st.text() | st.just(HOSTILE))
def test_no_name_adds_a_field_or_leaves_its_own(name: str, origin: Coordinate | None) -> None:
    plain, named = links("x", origin), links(name, origin)

    for app in ("amap", "baidu", "tencent", "apple"):
        assert urlsplit(named[app]).fragment == ""
        assert fields(named[app]).keys() == fields(plain[app]).keys()
    assert fields(named["tencent"])["to"] == label_of(name)
    assert fields(named["amap"])["to"].split(",")[2:] == [label_of(name)]
    assert unquote(named["geo"]).count("(") == unquote(named["geo"]).count(")") == 1


@given(st.text() | st.just(HOSTILE))
def test_links_are_ascii_without_spaces_or_quotes(name: str) -> None:
    for link in links(name).values():
        assert isinstance(link, str)
        assert link.isascii()
        assert not set(link) & set(" \"'<>\\^`{|}\n\r\t")


def test_a_label_is_one_line_with_full_width_signs() -> None:
    assert label_of(" 驿站,\n(东门)|A:1 ") == "驿站， （东门）｜A：1"


def test_half_a_surrogate_pair_does_not_spoil_the_answer() -> None:
    assert fields(links("站\ud800")["tencent"])["to"] == "站?"
