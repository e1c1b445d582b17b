"""Files that were made to take all memory, all time, or other files; or that are something else."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from tests.support import workbooks
from tests.support.station_files import HEADER, LINE
from tests.support.workbooks import GOOD_HEADER, GOOD_ROW, good_sheet, parts, row, sheet

_MIB: Final = 1024 * 1024

_VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>
</OGRVRTLayer></OGRVRTDataSource>"""
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in zip("abcdef", "bcdefg", strict=True))
    + "]>"
)
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _book(**spoilt: str | bytes) -> bytes:
    """A good workbook, some parts of which are replaced."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    names |= {"styles": "xl/styles.xml", "book": "xl/workbook.xml", "types": "[Content_Types].xml"}
    given = {names.get(name, name): content for name, content in spoilt.items()}
    content: Mapping[str, str | bytes] = {**parts({"表1": good_sheet()}), **given}
    return workbooks.packed(content)


def _bomb(mebibytes: int) -> bytes:
    """A workbook of a kilobyte or so for every mebibyte that its sheet unpacks to."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts({"表1": ""}).items():
            if not name.endswith("sheet1.xml"):
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as opened:
            for _ in range(mebibytes):
                opened.write(b" " * _MIB)
    return made.getvalue()


def _deep() -> str:
    deep = "[" * 200_000 + "]" * 200_000
    return f'{{"type":"FeatureCollection","features":[{{"properties":{deep}}}]}}'


def _many_members() -> str:
    members = {f"p{at}": at for at in range(1000)}
    of = {"type": "Feature", "geometry": None, "properties": members}
    return json.dumps({"type": "FeatureCollection", "features": [of]})


def _wrongly_named(content: bytes) -> bytes:
    """An encrypted archive, as far as its list of parts says."""
    spoilt = bytearray(content)
    at = spoilt.find(b"PK\x01\x02")
    while at >= 0:
        spoilt[at + 8] |= 1
        at = spoilt.find(b"PK\x01\x02", at + 4)
    return bytes(spoilt)


REFUSED: Final[Mapping[str, tuple[str, Callable[[], bytes | str], str]]] = {
    # -- another thing than its name says
    "vrt as csv": ("a.csv", lambda: _VRT, "is HTML or XML"),
    "vrt as geojson": ("a.geojson", lambda: _VRT, "is HTML or XML"),
    "vrt as xlsx": ("a.xlsx", lambda: _VRT, "is HTML or XML"),
    "html as xls": ("a.xls", lambda: "<html><table><tr><td>1", "is HTML or XML"),
    "xls": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel"),
    "zip": ("a.xlsx", lambda: workbooks.packed({"a.csv": "x"}), "is an archive"),
    "ods": ("a.xlsx", lambda: workbooks.packed({"mimetype": "x"}), "OpenDocument"),
    "docx": ("a.xlsx", lambda: _book(types="<Types>wordprocessingml</Types>"), "another document"),
    "xlsb": ("a.xlsx", lambda: _book(**{"xl/workbook.bin": "x"}), "binary workbook"),
    "pdf": ("a.csv", lambda: "%PDF-1.7", "is a PDF"),
    "gzip": ("a.csv", lambda: b"\x1f\x8b\x08\0\0", "is compressed"),
    "geopackage": ("a.csv", lambda: b"SQLite format 3\0", "is a database"),
    "empty": ("a.csv", lambda: "", "is empty"),
    "blank": ("a.csv", lambda: "\n\n \n", "is empty"),
    "program": ("a.csv", lambda: b"\x7fELF\2\1\1\0\0\0\0", "neither UTF-8 nor GB 18030"),
    # -- macros
    "macros by type": ("a.xlsx", lambda: _book(types="<Types>macroEnabled</Types>"), "has macros"),
    "macros": ("a.xlsx", lambda: _book(**{"xl/vbaProject.bin": "x"}), "has macros"),
    # -- entities
    "laughs in a sheet": ("a.xlsx", lambda: _book(sheet=_LAUGHS + "<x>&g;</x>"), "document type"),
    "laughs in texts": ("a.xlsx", lambda: _book(strings=_LAUGHS + "<x>&g;</x>"), "document type"),
    "laughs in styles": ("a.xlsx", lambda: _book(styles=_LAUGHS + "<x>&g;</x>"), "document type"),
    "laughs in the book": ("a.xlsx", lambda: _book(book=_LAUGHS + "<x>&g;</x>"), "document type"),
    "a file outside": ("a.xlsx", lambda: _book(sheet=_OUTSIDE + "<x>&a;</x>"), "document type"),
    "laughs in utf-16": (
        "a.xlsx",
        lambda: _book(sheet=(_LAUGHS + "<x>&g;</x>").encode("utf-16")),
        "broken workbook",
    ),
    # -- too much
    "bomb": ("a.xlsx", lambda: _bomb(800), "unpacks to more than 768 MiB"),
    "bomb within bounds": ("a.xlsx", lambda: _bomb(300), "broken workbook"),
    "texts beyond bounds": (
        "a.xlsx",
        lambda: _book(strings=b" " * (257 * _MIB)),
        "unpacks to more than 256 MiB",
    ),
    "one endless row": (
        "a.xlsx",
        lambda: _book(sheet=sheet(row(1, *GOOD_HEADER), "<row>" + "<c/>" * 8_000_000)),
        "broken workbook",
    ),
    "a cell far out": (
        "a.xlsx",
        lambda: workbooks.workbook(good_sheet('<row r="3"><c r="XFD3"><v>1</v></c></row>')),
        "more than 256 columns",
    ),
    "a row beyond the last": (
        "a.xlsx",
        lambda: workbooks.workbook(good_sheet('<row r="99999999"><c><v>1</v></c></row>')),
        "broken workbook",
    ),
    "rows backwards": ("a.xlsx", lambda: workbooks.workbook(good_sheet(row(2, "x"))), "broken"),
    "merged a million times": (
        "a.xlsx",
        lambda: workbooks.workbook(good_sheet(after='<mergeCell ref="A1:A2"/>' * 1_000_000)),
        "merged cells",
    ),
    "sheets": (
        "a.xlsx",
        lambda: workbooks.packed(parts({f"s{at}": good_sheet() for at in range(201)})),
        "more than 200 sheets",
    ),
    "one endless line": ("a.csv", lambda: "a" * 100 * _MIB, "not well-formed CSV"),
    "empty lines": ("a.csv", lambda: f"{HEADER}\n{LINE}\n" + "\n" * 60 * _MIB, "1,048,576 rows"),
    "too many stations": (
        "a.csv",
        lambda: f"{HEADER}\n" + ",站,休息,所有人,114.05,33.55\n" * 200_001,
        "holds more than 200,000 rows",
    ),
    "columns": ("a.csv", lambda: HEADER + ",x" * 300 + f"\n{LINE}" + "," * 300, "256 columns"),
    "an open quote": ("a.csv", lambda: f'{HEADER}\nA-1,"站' + "x" * _MIB, "not well-formed CSV"),
    "deep json": ("a.geojson", _deep, "nested too deeply"),
    "properties": ("a.geojson", _many_members, "more than 256 properties"),
    "one endless feature": (
        "a.geojson",
        lambda: '{"type":"FeatureCollection","features":[{"a":"' + "x" * 50 * _MIB,
        "larger than 1 MiB",
    ),
    "a number of a million digits": (
        "a.geojson",
        lambda: '{"type":"FeatureCollection","features":[' + "1" * 900_000 + "]}",
        "not well-formed JSON",
    ),
    # -- broken
    "encrypted": ("a.xlsx", lambda: _wrongly_named(_book()), "has a password"),
    "cut off": ("a.xlsx", lambda: _book()[:-200], "broken workbook"),
    "a sheet cut off": ("a.xlsx", lambda: _book(sheet=good_sheet()[:-40]), "broken workbook"),
    "no sheet": ("a.xlsx", lambda: _book(sheet=""), "broken workbook"),
    "no book": ("a.xlsx", lambda: _book(book="<workbook/>"), "broken workbook"),
    "a text that is not there": (
        "a.xlsx",
        lambda: workbooks.workbook(good_sheet('<row r="3"><c t="s"><v>9</v></c></row>')),
        "broken workbook",
    ),
}
"""Name of the file, what is in it, and what must be said of it."""

CLAIMS_ALL_ROWS: Final = workbooks.workbook(
    sheet(
        row(1, *GOOD_HEADER),
        row(2, *GOOD_ROW),
        before='<dimension ref="A1:XFD1048576"/>',
    )
)
