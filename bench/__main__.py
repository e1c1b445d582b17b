"""`python -m bench COMMAND …`: run a benchmark on a machine that is set up."""

import fcntl
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bench.options import WORKSHOP, parse


@contextmanager
def _alone() -> Iterator[None]:
    """Let one benchmark run at a time: two would measure each other."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with (WORKSHOP / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("Another benchmark runs: waiting for its end …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


options = parse(sys.argv[1], sys.argv[2:])
with _alone():
    sys.exit(importlib.import_module(f"bench.commands.{options.command}").run(options))
