"""`geo-service export`: coverage or the whole register as files to take along."""

from typing import Final

import click

from geo_service.cli import export_coverage, export_register


class _Exports(click.Group):
    """Takes what it is to write by its name, by a form of coverage, or by a folder's path."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word, and what it is given."""
        first, *rest = args
        if first in self.commands:
            return super().resolve_command(ctx, args)
        # A form, or what is none and yet followed by a file: coverage says which there are.
        if first in export_coverage.FORMS or (rest and not rest[0].startswith("-")):
            return "", export_coverage.command, args
        return "folder", export_register.folder, args


# \b keeps the lines that follow it as they are.
_HELP: Final = """Write coverage, or the whole register, as files to take along.

\b
geo-service export FOLDER                  the register as a data folder
geo-service export stations FILE           its stations: .csv .xlsx .geojson .gpkg
geo-service export xlsx|gpkg|pdf|… FILE    coverage, with options of its own

A folder that is called like one of these words is written with `export folder`. An older file is
replaced as a whole, or, if anything goes wrong, left as it was.
"""


@click.group(cls=_Exports, help=_HELP)
def command() -> None:
    """Lead to what is to be written."""


command.add_command(export_coverage.command, "coverage")
command.add_command(export_register.folder)
command.add_command(export_register.stations)
