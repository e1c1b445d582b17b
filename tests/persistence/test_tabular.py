"""Tables: what their encoding, their header and their lines may be."""

from pathlib import Path

import pytest

from geo_service.domain.errors import Fault
from geo_service.persistence.faults import Faults
from geo_service.persistence.tabular import Row, read_table

COLUMNS = ("name", "town")
CHINESE = "name,town\n爱心驿站,漯河市\n"


def table(tmp_path: Path, content: bytes) -> tuple[list[Row], list[Fault]]:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    faults = Faults()
    return list(read_table(path, COLUMNS, faults)), faults.found


def only_fault(tmp_path: Path, content: bytes) -> Fault:
    rows, [fault] = table(tmp_path, content)
    assert rows == []
    return fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312"])
def test_chinese_is_read_right_from_what_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    [row], faults = table(tmp_path, CHINESE.encode(encoding))

    assert row.cells == {"name": "爱心驿站", "town": "漯河市"}
    assert not faults


def test_signs_beyond_gb2312_are_read_from_gb18030(tmp_path: Path) -> None:
    text = "name,town\n㐀𠮷镕站,漯河市\n"

    [row], _ = table(tmp_path, text.encode("gb18030"))

    assert row.cells["name"] == "㐀𠮷镕站"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("name,town\nMontréal,Québec\n".encode("latin-1"), id="latin-1"),
        pytest.param("name,town\ncréée,Å\n".encode("latin-1"), id="latin-1 with a pair"),
        pytest.param(CHINESE.encode("utf-16"), id="utf-16"),
        pytest.param(CHINESE.encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param(CHINESE.encode("big5", "replace") + b"\xff", id="no encoding at all"),
        pytest.param(b"name,town\na\0b,c\n", id="NUL"),
        pytest.param(b"\x1f\x8b\x08\x00\x00\x00", id="gzip"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", id="xlsx"),
    ],
)
def test_what_is_neither_utf8_nor_gb18030_is_refused_and_never_garbled(
    tmp_path: Path, content: bytes
) -> None:
    assert "save it as CSV UTF-8" in only_fault(tmp_path, content).reason


@pytest.mark.parametrize(
    ("header", "column", "words"),
    [
        ("name", "town", "is a missing column"),
        ("name,town,mayor", "mayor", "is an unknown column"),
        ("name,town,name", "name", "stands twice in the header"),
        ("name,Town,town", "Town", "is an unknown column"),
        ("name,town,a\x1b[2J", "'a\\x1b[2J'", "is an unknown column"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(
    tmp_path: Path, header: str, column: str, words: str
) -> None:
    fault = only_fault(tmp_path, f"{header}\n{'x,' * header.count(',')}x\n".encode())

    assert (fault.row, fault.column, fault.reason) == (1, column, words)


def test_an_empty_file_lacks_every_column(tmp_path: Path) -> None:
    _, faults = table(tmp_path, b"")

    assert [fault.column for fault in faults] == list(COLUMNS)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    [row], _ = table(tmp_path, b"town,name\nhere,this\n")

    assert row.text("name") == "this"


def test_a_line_of_another_length_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    rows, [fault] = table(tmp_path, b"name,town\na,b,c\nd,e\n")

    assert (fault.row, fault.reason) == (2, "has 3 cells where the header has 2")
    assert [row.text("name") for row in rows] == ["d"]


def test_empty_lines_are_skipped_but_counted(tmp_path: Path) -> None:
    rows, _ = table(tmp_path, b"name,town\n\n,\na,b\n")

    assert [row.number for row in rows] == [4]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    rows, _ = table(tmp_path, b'name,town\n"two\nlines",b\nc,d\n')

    assert [row.number for row in rows] == [2, 3]


def test_a_quote_that_never_ends_is_a_fault(tmp_path: Path) -> None:
    fault = only_fault(tmp_path, b'name,town\n"a,b\nc,d\n')

    assert "not well-formed CSV" in fault.reason
    assert fault.row == 2


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    faults = Faults()

    assert list(read_table(tmp_path, COLUMNS, faults)) == []
    assert "cannot be read" in faults.found[0].reason
