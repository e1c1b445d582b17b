"""`geo-service maps build`: the maps as files that open without this service."""

from datetime import UTC, datetime
from pathlib import Path

import click

from geo_service.cli import options
from geo_service.cli.connection import opened
from maps.language import Language

_LANGUAGES: dict[str, tuple[Language, ...]] = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}


@click.group()
def command() -> None:
    """Write the maps as files that open offline."""


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(_LANGUAGES), default="both", show_default=True)
@click.option(
    "--radius",
    type=options.Metres(50, 50_000),
    default=1000.0,
    show_default=True,
    help="Service radius of the coverage map, in metres.",
)
@click.option("--force", is_flag=True, help="Write into a folder that holds other files.")
def build(folder: Path, lang: str, radius: float, *, force: bool) -> None:
    """Write the map of stations and the map of coverage into FOLDER, with all that they need.

    Open FOLDER/index.html in a browser; nothing is fetched from anywhere. A folder that holds
    anything else is refused, unless --force; then files of the same names are replaced.
    """
    from geo_service.cli import map_files  # noqa: PLC0415 - Folium takes a second to import

    try:
        map_files.check_free(folder, force=force)
        with opened() as connection:
            pages = map_files.draw(
                connection.register(),
                datetime.now(UTC),
                languages=_LANGUAGES[lang],
                radius=radius,
            )
        map_files.write(folder, pages)
    except map_files.FolderInUseError as error:
        raise click.ClickException(f"{error}; --force writes into it all the same") from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from None
    click.echo(f"Wrote {len(pages)} pages; open {folder / 'index.html'}")
