"""Workbooks written part by part, so that each part can be spoilt."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

GOOD_HEADER = ("编号", "名称", "服务", "休息对象", "经度", "纬度")
GOOD_ROW = ("A-1", "人民路驿站", "休息", "所有人", "114.05", "33.55")


def row(number: int, *cells: str, attributes: str = "") -> str:
    """One row of a sheet, each cell as text."""
    return raw_row(
        number,
        *(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for at, cell in enumerate(cells)
            if cell
        ),
        attributes=attributes,
    )


def raw_row(number: int, *cells: str, attributes: str = "") -> str:
    """One row of a sheet, of cells in XML."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def sheet(*rows: str, before: str = "", after: str = "", head: str = _HEAD) -> str:
    """One sheet of rows."""
    return (
        f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}'
        "</worksheet>"
    )


def good_sheet(*more: str, after: str = "") -> str:
    """One sheet with a header, a good station, and more rows from the third on."""
    return sheet(row(1, *GOOD_HEADER), row(2, *GOOD_ROW), *more, after=after)


def parts(sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None) -> dict[str, str]:
    """The parts of a workbook with these sheets."""
    listed, related = [], []
    for at, name in enumerate(sheets, start=1):
        state = (states or {}).get(name, "visible")
        listed.append(
            f'<sheet name="{escape(name)}" sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        )
        related.append(
            f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" '
            f'Target="worksheets/sheet{at}.xml"/>'
        )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{''.join(listed)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{''.join(related)}"
        f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="f" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        # Style 1 is a date (14), 2 a date of its own making, 3 a time.
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1">'
        '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
        '</numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
        '<xf numFmtId="20"/></cellXfs></styleSheet>',
        **{
            f"xl/worksheets/sheet{at}.xml": content
            for at, content in enumerate(sheets.values(), start=1)
        },
    }


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """A zip of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return made.getvalue()


def workbook(*sheets: str) -> bytes:
    """A workbook of sheets named 表1, 表2 and so on."""
    return packed(parts({f"表{at}": each for at, each in enumerate(sheets, start=1)}))
