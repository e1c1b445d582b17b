"""The maps as a folder of files: drawn whole first, then put in place one whole file at a time."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.browse import BrowseQuery
from geo_service.services.charts import Page, chart_title, coverage_chart, station_chart
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.settings import PROJECT
from maps.assets import OFFLINE_FILES
from maps.language import WORDS, Language, tag_of
from maps.rendering import render

ASSETS: Final = "assets"
INDEX: Final = "index.html"

# Names what an earlier build put into a folder, so that the next may replace it.
_LIST: Final = ".geo-service-maps"
_STATIC: Final = PROJECT / "geo_service" / "web" / "static"

_KINDS: Final = ("stations", "coverage")
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "start": "首页",
        "stations": "驿站地图",
        "coverage": "覆盖地图",
        "language": "English",
        "made": "生成于",
        "offline": "这些页面不需要网络。",
    },
    "en": {
        "start": "Start",
        "stations": "Stations",
        "coverage": "Coverage",
        "language": "中文",
        "made": "made",
        "offline": "These pages need no network.",
    },
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("geo_service.cli"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class FolderInUseError(Exception):
    """A folder holds files that no earlier build put there."""


def draw(
    register: Register, instant: datetime, *, languages: Sequence[Language], radius: float
) -> dict[str, str]:
    """Return the pages by their names: two maps a language, and an index that leads to them."""
    answer = measure_coverage(register, CoverageQuery(radius=Metres(radius), on=instant))
    pages = {}
    for kind, language in product(_KINDS, languages):
        page = Page(
            language=language,
            instant=instant,
            navigation=_navigation(kind, language, languages),
        )
        pages[_name(kind, language)] = render(
            station_chart(register, BrowseQuery(instant=instant), page)
            if kind == "stations"
            else coverage_chart(register, answer, page, measure="area_coverage", form=None),
            title=chart_title(register, kind, language),
            lang=tag_of(language),
            nonce=None,
            asset_base=ASSETS,
        )
    return {**pages, INDEX: _index(register, instant, languages)}


def check_free(folder: Path, *, force: bool) -> None:
    """Raise FolderInUseError where writing would mix with, or replace, somebody's files."""
    if force or not folder.is_dir():
        return
    ours = set(_listed(folder))
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != _LIST and name not in ours:
            raise FolderInUseError(f"{folder} holds {name}, which is none of the maps' files")


def write(folder: Path, pages: Mapping[str, str]) -> None:
    """Put pages and the files they need into a folder, in the place of an earlier build.

    All is written beside the folder first: a full disk leaves an earlier build as it was. The
    index, which leads to the others, comes last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _listed(folder)
    assets = [f"{ASSETS}/{name}" for name in OFFLINE_FILES]
    names = [*assets, *(name for name in pages if name != INDEX), INDEX]
    with tempfile.TemporaryDirectory(prefix=".geo-service-maps-", dir=folder) as made:
        draft = Path(made)
        for name, source in zip(assets, OFFLINE_FILES, strict=True):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_STATIC / source, draft / name)
        for name, page in pages.items():
            (draft / name).write_text(page, encoding="utf-8")
        (draft / _LIST).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        for name in [_LIST, *names]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(folder / name)
    _remove(folder, set(earlier) - set(names))


def _name(kind: str, language: Language) -> str:
    return f"{kind}.html" if language == "zh" else f"{kind}.{language}.html"


def _navigation(here: str, language: Language, languages: Sequence[Language]) -> dict[str, str]:
    words = _WORDS[language]
    there = next(kind for kind in _KINDS if kind != here)
    ways = {words["start"]: INDEX, words[there]: _name(there, language)}
    for other in languages:
        if other != language:
            ways[words["language"]] = _name(here, other)
    return ways


def _index(register: Register, instant: datetime, languages: Sequence[Language]) -> str:
    sections: list[dict[str, Any]] = [
        {
            "lang": tag_of(language),
            "words": _WORDS[language],
            "place": register.place.name
            if language == "zh"
            else register.place.name_en or register.place.name,
            "links": [(chart_title(register, k, language), _name(k, language)) for k in _KINDS],
        }
        for language in languages
    ]
    return _TEMPLATES.get_template("maps_index.html.j2").render(
        sections=sections,
        style=f"{ASSETS}/maps/maps.css",
        ribbon=WORDS[languages[0]]["ribbon"]
        if DataStatus.DEMONSTRATION in register.data_status
        else None,
        revision=register.revision.number,
        instant=f"{instant.astimezone(register.place.zone):%Y-%m-%d %H:%M}",
    )


def _listed(folder: Path) -> list[str]:
    try:
        lines = (folder / _LIST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return []
    # A list that was tampered with must not lead out of the folder.
    return [line for line in lines if line and _is_inside(PurePosixPath(line))]


def _is_inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
