"""`python -m bench COMMAND …`: run a benchmark on a machine that is set up."""

import importlib
import sys

from bench.options import parse

options = parse(sys.argv[1], sys.argv[2:])
sys.exit(importlib.import_module(f"bench.commands.{options.command}").run(options))
