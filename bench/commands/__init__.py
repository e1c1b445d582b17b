"""What each command measures: `run(options)`, one module a command."""
