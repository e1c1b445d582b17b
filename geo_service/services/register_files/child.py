"""The program that writes the register as one workbook or GeoPackage, and ends.

The register comes in as lines on the standard input. A process of its own: a nation's stations take
its processor for half a minute and GDAL's memory, which a worker that answers questions has not.
"""

import os
import resource
import sys
from pathlib import Path
from typing import Final, Literal

OUT_OF_MEMORY: Final = 3
DOES_NOT_FIT: Final = 4
CANNOT_WRITE: Final = 5

_MEMORY: Final = 2 * 1024**3  # of addresses: libraries map much that they never touch
_PROCESSOR_S: Final = 600
_NICENESS: Final = 5


def main() -> None:
    """Write the file that the arguments name: its form, its language, its path."""
    form, language, path = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)
    try:
        _write(form, "en" if language == "en" else "zh", Path(path))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except OSError as error:
        sys.stderr.write(error.strerror or str(error))
        sys.exit(CANNOT_WRITE)


def _write(form: str, language: Literal["zh", "en"], path: Path) -> None:
    # After the limits, and only here: the service itself imports this file for its exit codes.
    from geo_service.domain.errors import InvalidQueryError  # noqa: PLC0415
    from geo_service.persistence.snapshot_files import read_lines  # noqa: PLC0415
    from geo_service.services.register_files.contents import Contents  # noqa: PLC0415

    contents = Contents(*read_lines(sys.stdin.buffer))
    try:
        if form == "xlsx":
            from geo_service.services.register_files.workbook import (  # noqa: PLC0415
                write_workbook,
            )

            write_workbook(contents, language, path)
        else:
            from geo_service.services.register_files.geopackage import (  # noqa: PLC0415
                write_geopackage,
            )

            write_geopackage(contents, language, path)
    except InvalidQueryError as error:
        sys.stderr.write(error.faults[0].reason)
        sys.exit(DOES_NOT_FIT)


if __name__ == "__main__":
    main()
