"""`geo-service maps build`: a folder that needs nothing else."""

import re
from pathlib import Path

import pytest

from maps.assets import OFFLINE_FILES
from tests.cli.conftest import Command

PAGES = {
    "both": {
        "index.html", "stations.html", "coverage.html", "stations.en.html", "coverage.en.html"
    },
    "zh": {"index.html", "stations.html", "coverage.html"},
    "en": {"index.html", "stations.en.html", "coverage.en.html"},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "published" / "maps"


def pages_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*") if path.suffix == ".html"}


@pytest.mark.parametrize("lang", PAGES)
def test_the_maps_are_written_in_the_languages_asked_for(
    shell: Command, folder: Path, lang: str
) -> None:
    result = shell("maps", "build", folder, "--lang", lang)

    assert result.exit_code == 0, result.output
    assert pages_in(folder) == PAGES[lang]


def test_every_address_in_a_page_leads_into_the_folder(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder)

    for page in folder.glob("*.html"):
        for address in re.findall(r'(?:src|href)="([^"]+)"', page.read_text(encoding="utf-8")):
            if address != "data:,":
                assert (folder / address).is_file(), (page.name, address)


def test_all_assets_are_there_with_their_licences(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder)

    assert {
        path.relative_to(folder / "assets").as_posix()
        for path in (folder / "assets").rglob("*")
        if path.is_file()
    } == set(OFFLINE_FILES)


def test_pages_say_their_language_and_their_place(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder)

    chinese = (folder / "coverage.html").read_text(encoding="utf-8")
    english = (folder / "coverage.en.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in chinese
    assert "<title>漯河市" in chinese
    assert '<html lang="en">' in english
    assert "<title>Luohe" in english


def test_the_coverage_map_is_of_the_radius_asked_for(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder, "--radius", "500")

    assert "500" in (folder / "coverage.html").read_text(encoding="utf-8")


def test_a_later_build_replaces_an_earlier_one(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder, "--lang", "both")

    result = shell("maps", "build", folder, "--lang", "zh")

    assert result.exit_code == 0
    assert pages_in(folder) == PAGES["zh"]


def test_a_folder_with_somebodys_files_is_refused(shell: Command, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.html").write_text("mine", encoding="utf-8")

    result = shell("maps", "build", folder)

    assert result.exit_code == 1
    assert "holds thesis.html" in result.output
    assert pages_in(folder) == {"thesis.html"}


def test_force_writes_beside_somebodys_files_and_keeps_them(shell: Command, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.html").write_text("mine", encoding="utf-8")

    result = shell("maps", "build", folder, "--force")

    assert result.exit_code == 0
    assert pages_in(folder) == {"thesis.html", *PAGES["both"]}
    assert (folder / "thesis.html").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_will_do(shell: Command, folder: Path) -> None:
    folder.mkdir(parents=True)

    assert shell("maps", "build", folder).exit_code == 0


def test_a_list_that_was_tampered_with_removes_nothing_outside(
    shell: Command, folder: Path
) -> None:
    shell("maps", "build", folder)
    outside = folder.parent / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    with (folder / ".geo-service-maps").open("a", encoding="utf-8") as listed:
        listed.write(f"../outside.txt\n{outside}\n")

    shell("maps", "build", folder)

    assert outside.exists()


def test_nothing_half_written_stays_behind(shell: Command, folder: Path) -> None:
    shell("maps", "build", folder)

    assert {path.name for path in folder.iterdir()} == {
        *PAGES["both"], "assets", ".geo-service-maps"
    }  # fmt: skip


def test_a_file_in_the_place_of_the_folder_is_refused(shell: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert shell("maps", "build", tmp_path / "file").exit_code == 2
    result = shell("maps", "build", tmp_path / "file" / "below")
    assert result.exit_code == 1
    assert "cannot be written: Not a directory" in result.output
