"""Hostile and broken files: refused in words, within bounds of memory and of time."""

from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.persistence.station_files import reading
from tests.support import workbooks
from tests.support.hostile_files import CLAIMS_ALL_ROWS, REFUSED
from tests.support.station_files import HEADER, LINE, read, read_apart
from tests.support.workbooks import good_sheet

ENOUGH_S = 60  # of a busy machine; each takes less than five of an idle one
ENOUGH_MEMORY = 512 * 1024**2


@pytest.mark.parametrize("hostile", REFUSED)
def test_a_hostile_file_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    monkeypatch.setattr(reading, "_MEMORY", ENOUGH_MEMORY)
    name, content, words = REFUSED[hostile]
    made = content()
    begun = monotonic()

    found = read_apart(tmp_path, made, name=name)

    assert words in found.refusal
    assert found.table.faults[-1].expected.zh
    assert monotonic() - begun < ENOUGH_S


def test_rows_that_are_only_claimed_cost_nothing(tmp_path: Path) -> None:
    assert len(read_apart(tmp_path, CLAIMS_ALL_ROWS, name="a.xlsx").rows) == 1


def test_the_ending_of_a_name_decides_nothing(tmp_path: Path) -> None:
    book = workbooks.workbook(good_sheet())

    assert read_apart(tmp_path, book, name="a.csv").only.id == "A-1"
    assert read_apart(tmp_path, f"{HEADER}\n{LINE}\n", name="a.xlsx").only.id == "A-1"


def test_a_file_that_takes_too_much_memory_ends_its_reader_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MEMORY", 420 * 1024**2)
    texts = "".join(f"<si><t>{at}</t></si>" for at in range(4_000_000))
    content = workbooks.parts({"表1": good_sheet('<row r="3"><c t="s"><v>1</v></c></row>')})
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{workbooks.MAIN}">{texts}</sst>'

    found = read_apart(tmp_path, workbooks.packed(content), name="a.xlsx")

    assert "takes too much memory" in found.refusal


@pytest.mark.parametrize("limit", ["_PROCESSOR_S", "_WALL_S"])
def test_a_file_that_takes_too_long_ends_its_reader_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(reading, limit, 1)
    lines = "".join(f"A-{at}{LINE[3:]}\n" for at in range(150_000))

    found = read_apart(tmp_path, f"{HEADER}\n{lines}")

    assert "takes too long" in found.refusal
    assert found.rows == []


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with reading.read_station_file(tmp_path / "none.csv", datum=None) as table:
        assert str(table.faults[0]) == "none.csv: cannot be read: No such file or directory"


def test_text_that_runs_elsewhere_is_text_in_faults_and_in_rows(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\x1b[2J"

    fault = read(tmp_path, f"{HEADER},地址\n{LINE},{hostile}\n").fault

    assert fault.value == "<script>alert(1)</script>\\x1b[2J"


GOOD = workbooks.workbook(good_sheet())


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    at=st.integers(0, len(GOOD) - 1),
    instead=st.binary(max_size=8),
    cut=st.integers(0, 8),
)
def test_any_damage_to_a_workbook_is_a_fault_and_no_crash(
    tmp_path: Path, at: int, instead: bytes, cut: int
) -> None:
    found = read(tmp_path, GOOD[:at] + instead + GOOD[at + cut :], name="a.xlsx")

    assert found.table.faults or found.rows


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize(
    "begins", [b"", b"{", b"PK\x03\x04", b"id,name,x\n", HEADER.encode() + b"\n"]
)
def test_any_bytes_are_rows_or_a_fault_and_no_crash(
    tmp_path: Path, begins: bytes, content: bytes
) -> None:
    found = read(tmp_path, begins + content)

    assert found.table.faults or found.rows


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cells=st.lists(
        st.sampled_from(
            [*"<>&'\"/= ", "<c ", "<v>", "</v>", "</c>", "<f>", "<is>", "<t>", "]]>", "<!--", "1"]
        ),
        max_size=12,
    )
)
def test_any_markup_in_a_row_is_a_fault_and_no_crash(tmp_path: Path, cells: list[str]) -> None:
    content = good_sheet(f'<row r="3">{"".join(cells)}</row>')

    found = read(tmp_path, workbooks.workbook(content), name="a.xlsx")

    assert found.table.faults or found.rows
