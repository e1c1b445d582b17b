"""`geo-service routes`: saved, listed, removed."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command

GPX = """<gpx version="1.1"><trk><name>清扫 1 线</name><trkseg>
<trkpt lat="33.5814" lon="114.0163"/><trkpt lat="33.6" lon="114.05"/></trkseg></trk></gpx>"""


@pytest.fixture
def gpx(tmp_path: Path) -> Path:
    file = tmp_path / "track.gpx"
    file.write_text(GPX, encoding="utf-8")
    return file


def test_a_route_is_saved_listed_and_removed(scratch_shell: Command, gpx: Path) -> None:
    saved = scratch_shell("routes", "load", gpx, "--note", "早班")
    listed = scratch_shell("routes", "list")
    removed = scratch_shell("routes", "remove", "qing-sao-1-xian")
    after = scratch_shell("routes", "list")

    assert saved.stdout == "Saved 清扫 1 线 as qing-sao-1-xian: 3.7 km.\n"
    for word in ("qing-sao-1-xian", "清扫 1 线", "早班"):
        assert word in listed.stdout
    assert removed.stdout == "Removed qing-sao-1-xian.\n"
    assert after.stdout == "No route is saved.\n"


def test_saving_again_replaces(scratch_shell: Command, gpx: Path) -> None:
    for name in ("老路线", "新路线"):
        scratch_shell("routes", "load", gpx, "--id", "bus-3", "--name", name)

    listed = scratch_shell("routes", "list").stdout
    scratch_shell("routes", "remove", "bus-3")

    assert "新路线" in listed
    assert "老路线" not in listed


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"114.0,33.5\nabc", (), "Line 2: 'abc' is not a position"),
        (b"114.0,33.5\n114.0,33.6", ("--id", "Bus 3"), "small letters"),
        (b"114.0,33.5\n114.0,33.6", ("--name", "a\x1b[31m"), "line of text"),
        (b"114.0,33.5\n10.0,-33.6", (), "km long"),
    ],
)
def test_what_is_no_route_is_refused_in_words(
    scratch_shell: Command, tmp_path: Path, content: bytes, options: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "line.txt"
    file.write_bytes(content)

    result = scratch_shell("routes", "load", file, *options)

    assert result.exit_code == 1
    assert said in result.output


def test_removing_what_is_not_there_says_so(scratch_shell: Command) -> None:
    result = scratch_shell("routes", "remove", "nowhere")

    assert (result.exit_code, "no saved route" in result.output) == (1, True)
