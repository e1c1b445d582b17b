"""KML that anything reads, whatever texts it is given."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon

from geo_service.services.kml import Placemark, kml_text
from tests.support.hostile import TEXTS

_KML = "{http://www.opengis.net/kml/2.2}"


def _read(text: str) -> ET.Element:
    document = ET.fromstring(text).find(f"{_KML}Document")  # noqa: S314  our own
    assert document is not None
    return document


@pytest.mark.parametrize("hostile", [*TEXTS, "]]>", "<![CDATA[", "&lt;", "\x00\x08\x1f", "\ufffe"])
def test_texts_arrive_as_texts_and_nothing_becomes_markup(hostile: str) -> None:
    mark = Placemark(name=hostile, geometry=Point(114, 33.5), values={"note": hostile})

    document = _read(kml_text(hostile, [hostile], [mark]))

    placemark = document.find(f"{_KML}Placemark")
    assert placemark is not None
    expected = "".join(each if each >= " " and each != "\ufffe" else "\ufffd" for each in hostile)
    assert placemark.findtext(f"{_KML}name") == expected
    assert placemark.findtext(f".//{_KML}value") == expected
    # What programs show as HTML is the HTML of the text.
    assert "<" not in (document.findtext(f"{_KML}description") or "")
    assert {each.tag.removeprefix(_KML) for each in placemark.iter()} == {
        "Placemark", "name", "ExtendedData", "Data", "value", "Point", "coordinates"
    }  # fmt: skip


@given(text=st.text())
def test_any_text_makes_a_document_that_can_be_read(text: str) -> None:
    mark = Placemark(name=text, geometry=None, values={text: text})

    assert _read(kml_text(text, [text], [mark])).find(f"{_KML}Placemark") is not None


def test_holes_and_parts_are_kept() -> None:
    ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    shape = MultiPolygon([ring, Polygon([(20, 20), (21, 20), (21, 21)])])

    document = _read(kml_text("t", [], [Placemark(name="a", geometry=shape, values={})]))

    assert len(document.findall(f".//{_KML}Polygon")) == 2
    assert len(document.findall(f".//{_KML}innerBoundaryIs")) == 1
