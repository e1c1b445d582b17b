"""Files that commands write: a whole new one in the place of an older, or the older as it was."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


class TooBusyError(click.ClickException):
    """The machine has too much else to do."""

    def __init__(self) -> None:
        super().__init__("the machine is too busy to make the file; try again")


@contextmanager
def in_place_of(file: Path, ending: str) -> Iterator[Path]:
    """Yield where to write; what stands there at the end takes the file's place."""
    try:
        # Beside the file: only within one file system is it replaced in one step.
        with tempfile.TemporaryDirectory(prefix=".geo-service-", dir=file.parent) as folder:
            draft = Path(folder) / f"draft.{ending}"  # GDAL insists on the ending
            yield draft
            draft.replace(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
