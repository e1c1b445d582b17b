"""`geo-service export stations`, `export folder`: the whole register as files."""

from pathlib import Path

import click

from geo_service.cli.connection import opened
from geo_service.cli.written_files import TooBusyError, in_place_of
from geo_service.persistence.dataset_folder import check_free, write_dataset
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.station_files import Language
from geo_service.services.register_files.contents import Contents
from geo_service.services.register_files.files import (
    RegisterBusyError,
    RegisterForm,
    RegisterPress,
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Of headers and words in .csv and .xlsx; en: those of stations.csv.",
)
def stations(file: Path, lang: Language) -> None:
    """Write all stations to FILE, by its ending as .csv, .xlsx, .geojson or .gpkg.

    A .csv or .xlsx that is imported again, as it is, changes nothing.
    """
    form = _form_of(file)
    with opened() as connection:
        contents = Contents.of(connection.register())
        with in_place_of(file, form) as draft:
            try:
                RegisterPress().write(contents, form, lang, draft)
            except RegisterBusyError:
                raise TooBusyError from None
    click.echo(f"Wrote {len(contents.dataset.stations):,} stations to {file}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write into a folder that holds other files.")
def folder(folder: Path, *, force: bool) -> None:
    """Write the register as the data folder FOLDER, for geo-service load.

    A folder that holds anything else is refused, unless --force. Licences, and the sources of the
    whole, are not part of the register: add them to datapackage.json before you pass it on.
    """
    with opened() as connection:
        check_free(folder, force=force)
        # As the data say, not as the settings of this service would have it.
        with connection.database.transaction() as session:
            revision, dataset = RegisterStore(session).load()
        try:
            write_dataset(dataset, folder)
        except OSError as error:
            raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from None
    click.echo(f"Wrote revision {revision.number}, {len(dataset.stations):,} stations, to {folder}")


def _form_of(file: Path) -> RegisterForm:
    try:
        return RegisterForm(file.suffix.removeprefix(".").lower())
    except ValueError:
        endings = ", ".join(f".{form}" for form in RegisterForm)
        raise click.BadParameter(f"{file.name} must end in one of {endings}") from None
