"""A workbook (.xlsx) opened part by part, each within bounds, and none trusted.

Neither of the readers at hand says all that has to be known of a cell: openpyxl streams, but then
leaves merged cells out, opens a book twice for formulas beside their values, and parses whatever a
part unpacks to; calamine lays a sheet out whole in memory, as large as it claims to be, and is
silent on formulas and hidden rows. The form is plain enough to be read with what Python brings:
zip, and expat by way of ElementTree, which stops at nothing declared because declarations are
refused before it sees them.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from xml.etree import ElementTree as ET
from xml.parsers import expat

from geo_service.persistence.station_files.faults import UnfitError

MOST_SHEETS: Final = 200
_MOST_PARTS: Final = 10_000
_LARGEST_SHEET: Final = 768 * 1024 * 1024
_LARGEST_STRINGS: Final = 256 * 1024 * 1024
_LARGEST_PART: Final = 16 * 1024 * 1024
_MOST_STRINGS: Final = 5_000_000
_PIECE: Final = 1 << 18
_LONGEST_ROW: Final = 1 << 24

# As Office writes it, and as the strict form of the standard has it.
_SPACES: Final = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")

# Formats of dates that have a number instead of a code; 27 to 36 and 50 to 58 are Chinese ones.
_DAY_FORMATS: Final = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58})
_TIME_FORMATS: Final = frozenset({*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56})
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def called(*names: str) -> frozenset[str]:
    """Return how elements of these names are tagged, in either form of the standard."""
    return frozenset(space + name for space in _SPACES for name in names)


_SI, _T, _R, _ROW = called("si"), called("t"), called("r"), called("row")
_SHEET_DATA: Final = re.compile(rb"<((?:\w+:)?)sheetData\s*(/?)>")


class SheetEntry(NamedTuple):
    """A sheet as the book lists it."""

    name: str
    part: str
    hidden: bool
    is_table: bool


def broken(what: str = "") -> UnfitError:
    """Return the refusal of a book that is not as the standard has it."""
    return UnfitError(
        "这个 .xlsx 文件已损坏，请在 Excel 或 WPS 里重新保存",
        f"is a broken workbook{what}: open it in a spreadsheet program and save it again",
    )


class Workbook:
    """The parts of one workbook. Raises UnfitError for whatever is no workbook to be read."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        # NotImplementedError is zipfile's word for a packing that it cannot undo.
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            raise broken() from None
        self.unpacked = 0  # bytes so far, of all parts
        self._parts = {each.filename: each for each in self._zip.infolist()}
        self._refuse_others()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def size(self, part: str) -> int:
        """Return how large a part is when unpacked."""
        found = self._parts.get(part)
        return 0 if found is None else found.file_size

    def pieces(self, part: str, largest: int = _LARGEST_SHEET) -> Iterator[bytes]:
        """Unpack a part bit by bit; what it declares is refused."""
        found = self._parts.get(part)
        if found is None:
            raise broken(f" without its part {part[:80]!r}")
        if found.flag_bits & 1:
            raise UnfitError("加了密码；请去掉密码再保存", "has a password: save it without")
        if found.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise broken()
        if found.file_size > largest:
            most = largest // 2**20
            raise UnfitError(
                f"解压后大于 {most} MB，不读", f"unpacks to more than {most} MiB, which is refused"
            )
        guard = _Guard()
        try:
            with self._zip.open(found) as opened:
                while piece := opened.read(_PIECE):
                    guard.look_at(piece)
                    self.unpacked += len(piece)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise broken() from None

    @cached_property
    def sheets(self) -> Sequence[SheetEntry]:
        """Return the sheets in the order of their tabs."""
        book = self._book
        targets = self._related(book.part)
        found = []
        for each in _children(book.root, "sheets", "sheet"):
            kind, target = targets.get(_relation(each), ("", ""))
            if kind.endswith("/xlMacrosheet"):
                raise _has_macros()
            found.append(
                SheetEntry(
                    name=each.get("name", ""),
                    part=target,
                    hidden=each.get("state", "visible") != "visible",
                    is_table=kind.endswith("/worksheet"),
                )
            )
        if not found:
            raise broken()
        if len(found) > MOST_SHEETS:
            raise UnfitError(f"多于 {MOST_SHEETS} 个工作表", f"has more than {MOST_SHEETS} sheets")
        return found

    @cached_property
    def from_1904(self) -> bool:
        """Say whether days are counted from 1904, as old Macintoshes did."""
        return any(
            each.get("date1904") in {"1", "true"}
            for each in self._book.root
            if each.tag in called("workbookPr")
        )

    @cached_property
    def strings(self) -> Sequence[str]:
        """Return the texts that cells refer to by number."""
        part = self._part_of_kind("/sharedStrings")
        if part is None:
            return ()
        found: list[str] = []
        for element in self.elements(part, _SI, _LARGEST_STRINGS):
            found.append(text_in(element))
            if len(found) > _MOST_STRINGS:
                raise UnfitError("文字过多", f"holds more than {_MOST_STRINGS:,} texts")
        return found

    @cached_property
    def formats(self) -> Sequence[str]:
        """Return what the number of a cell is by its style: ``day``, ``time`` or ``number``."""
        part = self._part_of_kind("/styles")
        if part is None:
            return ()
        root = self._document(part)
        codes = {
            each.get("numFmtId"): each.get("formatCode", "")
            for each in _children(root, "numFmts", "numFmt")
        }
        return [
            _format(each.get("numFmtId", "0"), codes) for each in _children(root, "cellXfs", "xf")
        ]

    def elements(
        self, part: str, tags: frozenset[str], largest: int = _LARGEST_SHEET
    ) -> Iterator[Any]:
        """Go through the elements of a part that carry one of these tags, each emptied after."""
        parser: ET.XMLPullParser[Any] = ET.XMLPullParser(events=("end",))
        try:
            for piece in self.pieces(part, largest):
                parser.feed(piece)
                for _, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
                    if element.tag in tags:
                        yield element
                        element.clear()
            parser.close()
        except ET.ParseError:
            raise broken() from None

    def rows(self, part: str) -> Iterator[Any]:
        """Go through the row elements of a sheet.

        Some hundred rows at a time make a document of their own, between what stands before the
        rows and what closes it: ElementTree then works through them without a word of Python, in a
        third of the time that its events take.
        """
        piece, opening = b"", None
        for more in self.pieces(part):
            piece += more
            if opening is None:
                opening = _SHEET_DATA.search(piece)
                if opening is None:
                    if len(piece) > _LONGEST_ROW:
                        break
                    continue
                if opening[2]:
                    return  # <sheetData/>
                head, piece = piece[: opening.end()], piece[opening.end() :]
                close, end = b"</%srow>" % opening[1], b"</%ssheetData>" % opening[1]
                tail = b"%s</%sworksheet>" % (end, opening[1])
            if (last := piece.find(end)) >= 0:
                yield from _rows(head, piece[:last], tail)
                return
            whole = piece.rfind(close) + len(close)
            if whole >= len(close):
                yield from _rows(head, piece[:whole], tail)
                piece = piece[whole:]
            elif len(piece) > _LONGEST_ROW:
                break
        raise broken()

    @cached_property
    def _book(self) -> "_Book":
        part = next(
            (
                target
                for kind, target in self._related("").values()
                if kind.endswith("/officeDocument")
            ),
            "xl/workbook.xml",
        )
        return _Book(part, self._document(part))

    def _part_of_kind(self, kind: str) -> str | None:
        related = self._related(self._book.part).values()
        return next((target for named, target in related if named.endswith(kind)), None)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to by identifier: the kind of each, and its part."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self._parts:
            return {}
        found = {}
        for each in self._document(relations):
            if each.get("TargetMode") == "External":
                continue  # nothing outside is ever looked at
            target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
            found[each.get("Id", "")] = (each.get("Type", ""), target.lstrip("/"))
        return found

    def _document(self, part: str) -> Any:
        parser = ET.XMLParser()  # noqa: S314 - what it declares is refused before
        try:
            for piece in self.pieces(part, _LARGEST_PART):
                parser.feed(piece)
            return parser.close()
        except ET.ParseError:
            raise broken() from None

    def _refuse_others(self) -> None:
        names = self._parts.keys()
        if len(names) > _MOST_PARTS:
            raise UnfitError("里面的文件过多", f"holds more than {_MOST_PARTS:,} parts")
        if "[Content_Types].xml" not in names:
            if "mimetype" in names:
                raise UnfitError(
                    "是 OpenDocument 文件；请另存为 .xlsx", "is OpenDocument: save it as .xlsx"
                )
            raise UnfitError(
                "是压缩包，不是 .xlsx 表格；请先解压", "is an archive, not a workbook: unpack it"
            )
        if "xl/workbook.bin" in names:
            raise UnfitError(
                "是二进制工作簿（.xlsb）；请另存为 .xlsx", "is a binary workbook: save it as .xlsx"
            )
        types = b"".join(self.pieces("[Content_Types].xml", _LARGEST_PART))
        if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
            raise _has_macros()
        if b"spreadsheetml" not in types:
            raise UnfitError("不是表格文件", "is another document, not a workbook")


def _rows(head: bytes, rows: bytes, tail: bytes) -> Iterator[Any]:
    try:
        root = ET.fromstring(head + rows + tail)  # noqa: S314 - what it declares is refused before
    except ET.ParseError:
        raise broken() from None
    yield from (each for each in root[-1] if each.tag in _ROW)


class _Book(NamedTuple):
    part: str
    root: Any


class _RootReached(Exception):  # noqa: N818 - it is good news
    """The first element begins: no declaration can follow."""


class _Guard:
    """Looks at a part until its first element, and refuses what it declares before.

    Entities, which a few bytes can make gigabytes of, are declared there, and files outside are
    named there; no spreadsheet program writes either.
    """

    def __init__(self) -> None:
        self._first = True
        self._parser: Any = expat.ParserCreate()
        self._parser.XmlDeclHandler = self._refuse_other_encodings
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._reach

    def look_at(self, piece: bytes) -> None:
        if self._parser is None:
            return
        if self._first and piece[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}:
            raise broken(" in UTF-16")
        self._first = False
        try:
            self._parser.Parse(piece, False)  # noqa: FBT003 - its signature
        except _RootReached:
            self._parser = None
        except expat.ExpatError:
            raise broken() from None

    @staticmethod
    def _refuse(*_: object) -> None:
        raise UnfitError(
            "里面声明了 XML 实体或 DTD，这不是表格软件会写的，不读",
            "declares a document type or entities, which no spreadsheet program writes: refused",
        )

    @staticmethod
    def _refuse_other_encodings(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
            raise broken(" in an encoding of its own")

    @staticmethod
    def _reach(*_: object) -> None:
        raise _RootReached


def text_in(element: Any) -> str:
    """Return the text of a string, rich or plain, without readings of its signs (ruby)."""
    found = []
    for child in element:
        if child.tag in _T:
            found.append(child.text or "")
        elif child.tag in _R:
            found += [each.text or "" for each in child if each.tag in _T]
    return unescaped("".join(found))


def unescaped(text: str) -> str:
    """Return text whose signs that XML cannot hold were written as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _children(root: Any, within: str, tag: str) -> Iterator[Any]:
    holders, tags = called(within), called(tag)
    for holder in root:
        if holder.tag in holders:
            yield from (each for each in holder if each.tag in tags)


def _relation(element: Any) -> str:
    return next((value for name, value in element.attrib.items() if name.endswith("}id")), "")


def _format(number: str, codes: dict[str | None, str]) -> str:
    code = codes.get(number)
    if code is None:
        known = int(number) if number.isdigit() else 0
        return "day" if known in _DAY_FORMATS else "time" if known in _TIME_FORMATS else "number"
    signs = set(_NOT_CODE.sub("", code).partition(";")[0].casefold())
    if signs & set("yd年日"):
        return "day"
    if signs & set("hs时"):
        return "time"
    return "day" if "m" in signs or "月" in signs else "number"


def _has_macros() -> UnfitError:
    return UnfitError(
        "带有宏；请另存为不带宏的 .xlsx", "has macros: save it as .xlsx, without them"
    )
