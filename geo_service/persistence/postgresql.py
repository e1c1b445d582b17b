"""The PostgreSQL programs on this machine. Standard library only: ./start reads it first."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_CLIENTS = ("pg_dump", "pg_restore", "psql")


def with_postgis(major: str | None = None, *, debian: Path = DEBIAN) -> Path | None:
    """Return the folder of the newest PostgreSQL that has PostGIS; of one major, if named."""
    for programs in candidates(debian):
        if _has_postgis(programs) and (major is None or major_version(programs) == major):
            return programs
    return None


def clients(server: int, *, debian: Path = DEBIAN) -> Path | None:
    """Return a folder with pg_dump, pg_restore and psql for a server of a major version.

    Those of the server's own version come first; newer ones know an older server, never the other
    way round.
    """
    found: dict[int, Path] = {}
    for folder in (*debian.glob("*/bin"), *_elsewhere(), *_on_the_path()):
        if all((folder / program).is_file() for program in _CLIENTS):
            # It says, for example: pg_dump (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)
            said = _output(folder / "pg_dump", "--version").partition(") ")[2].partition(".")[0]
            if said.isdigit() and int(said) >= server:
                found.setdefault(int(said), folder)
    return found[min(found)] if found else None


def candidates(debian: Path = DEBIAN) -> Iterator[Path]:
    """Yield every folder that holds a whole PostgreSQL server, the newest of Debian's first."""
    seen = set()
    for folder in [*_newest_first(debian.glob("*/bin")), *_elsewhere()]:
        real = folder.resolve()
        if real not in seen and all((folder / program).is_file() for program in _PROGRAMS):
            seen.add(real)
            yield folder


def major_version(programs: Path) -> str:
    """Return the major version of the server in a folder, as PG_VERSION spells it."""
    # It says, for example: postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)
    version = _output(programs / "postgres", "--version").partition(") ")[2].split(" ")[0]
    return version.partition(".")[0]


def _newest_first(folders: Iterable[Path]) -> list[Path]:
    def version(folder: Path) -> float:
        name = folder.parent.name
        return float(name) if name.replace(".", "", 1).isdigit() else 0.0

    return sorted(folders, key=version, reverse=True)


def _elsewhere() -> Iterator[Path]:
    if shutil.which("pg_config"):
        yield Path(_output("pg_config", "--bindir"))
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _on_the_path() -> Iterator[Path]:
    # Not resolved: Debian has a program there that stands for whichever is asked for by its name.
    if pg_dump := shutil.which("pg_dump"):
        yield Path(pg_dump).parent


def _has_postgis(programs: Path) -> bool:
    # The extension's files belong to one server, so that server's own pg_config is asked.
    config = programs / "pg_config"
    if not config.is_file():
        return False
    return Path(_output(config, "--sharedir"), "extension", "postgis.control").is_file()


def _output(program: str | os.PathLike[str], argument: str) -> str:
    ran = subprocess.run(  # noqa: S603  a program found above, with an argument of ours
        [program, argument], capture_output=True, text=True, check=False
    )
    return ran.stdout.strip()
