"""What sort of file it is, by what is in it: the ending of its name is anybody's to choose."""

from pathlib import Path
from typing import Final

from geo_service.persistence.station_files.drafts import FileForm
from geo_service.persistence.station_files.faults import UnfitError

LARGEST_FILE: Final = 256 * 1024 * 1024
_LOOKED_AT: Final = 4096
_ZIP: Final = b"PK\x03\x04"

_REFUSED: Final[tuple[tuple[bytes, str, str], ...]] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "是旧版 Excel（.xls）文件，或加了密码；请另存为不带密码的 .xlsx",
        "is an old Excel file (.xls), or one with a password: save it as .xlsx without one",
    ),
    (b"%PDF", "是 PDF，不是表格", "is a PDF, not a table"),
    (
        b"SQLite format 3\0",
        "是数据库（如 GeoPackage）；请导出为 GeoJSON 或 CSV",
        "is a database (a GeoPackage?): export it as GeoJSON or CSV",
    ),
    (b"\x1f\x8b", "是压缩文件；请先解压", "is compressed: unpack it first"),
    (b"Rar!", "是压缩文件；请先解压", "is compressed: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "是压缩文件；请先解压", "is compressed: unpack it first"),
    (b"PK\x05\x06", "是空的压缩文件", "is an empty archive"),
)


def form_of(path: Path) -> FileForm:
    """Return what sort of file it is.

    Raises:
        UnfitError: it is none that is read, empty, or too large.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            begins = file.read(_LOOKED_AT)
    except OSError as error:
        raise UnfitError("读不出来", f"cannot be read: {error.strerror}") from None
    if size > LARGEST_FILE:
        most = LARGEST_FILE // 2**20
        raise UnfitError(f"大于 {most} MB", f"is larger than {most} MiB")
    for sign, zh, en in _REFUSED:
        if begins.startswith(sign):
            raise UnfitError(zh, en)
    if begins.startswith(_ZIP):
        return FileForm.XLSX
    return _form_of_text(begins.removeprefix(b"\xef\xbb\xbf").lstrip())


def _form_of_text(begins: bytes) -> FileForm:
    if not begins:
        raise UnfitError("是空文件", "is empty")
    if begins.startswith(b"{"):
        return FileForm.GEOJSON
    if begins.startswith(b"["):
        raise UnfitError(
            "是 JSON 数组，不是 GeoJSON 的 FeatureCollection",
            "is a JSON array, not a GeoJSON FeatureCollection",
        )
    if begins.startswith(b"<"):
        raise UnfitError(
            "是网页或 XML（如 HTML、KML、VRT），不是表格；请另存为 CSV 或 .xlsx",
            "is HTML or XML (KML, VRT), not a table: save it as CSV or .xlsx",
        )
    return FileForm.CSV
