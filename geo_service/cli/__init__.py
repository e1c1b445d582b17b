"""`geo-service …`: the same services from a terminal."""

import importlib
import io
import sys

import click

from geo_service.version import VERSION

# Each command's module is imported when it is run: a help text should not wait for PROJ.
_COMMANDS = {
    "serve": "Run the service until Ctrl-C.",
    "nearest": "Print the stations closest to a position.",
    "coverage": "Print how well stations cover each unit.",
    "export": "Write coverage, or the whole register, as files.",
    "suggest": "Choose where the next stations should stand.",
    "maps": "Write the maps as files that open offline.",
    "load": "Replace the register by a data folder.",
    "history": "Show what changed in the register, who changed it, and take changes back.",
    "accounts": "Say who may keep the register: add, change, disable, set passwords.",
    "import": "Say what a file of stations would change, and change it.",
    "reports": "List what people say is wrong with stations.",
    "scorecard": "Print which of the six things a station should have each shows.",
    "demand": "Load, list and remove layers of demand.",
    "scenarios": "List, show, compare and remove scenarios of planners.",
    "routes": "Save, list and remove routes that people travel often.",
    "network": "Load, show and remove the streets that walks are measured along.",
    "backup": "Write the whole database to one file.",
    "restore": "Put a backup into an empty database.",
    "migrate": "Bring the database schema up to date, or back.",
    "settings": "List every setting, its default and what it does.",
}

# A module cannot be called as the language's own words are.
_MODULES = {"import": "import_stations"}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"geo_service.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="geo-service")
def main() -> None:
    """Rest stations and free breakfasts for outdoor workers: register, nearest, coverage, maps.

    Settings come from GEO_SERVICE_* environment variables; `geo-service settings` lists them.
    """
    # Where the terminal's encoding lacks a sign, it comes out escaped, not as a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
