"""The program that reads one file of stations, and ends.

What to read comes in as JSON on the standard input, with the limits; its rows go as lines of JSON
into the open file that is named there, and how far it is, then the rest, onto the standard output.
A process of its own, because a file may be made to take all memory and all time there is.
"""

import gc
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

OUT_OF_MEMORY: Final = 3
_NICENESS: Final = 5


def main() -> None:
    """Read the file that the standard input names."""
    given = json.load(sys.stdin)
    memory, seconds, largest = given["memory"], given["seconds"], given["largest"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)
    try:
        _read(given)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _read(given: dict[str, Any]) -> None:
    # After the limits, and only here: the service itself imports this file for its exit code.
    from geo_service.domain.datum import Datum  # noqa: PLC0415
    from geo_service.persistence.station_files.reader import Order, Reading  # noqa: PLC0415

    def say(**words: Any) -> None:
        sys.stdout.write(json.dumps(words, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    # Millions of small objects come and go, and next to none refer to each other in a circle.
    gc.set_threshold(100_000, 50, 100)
    datum = None if given["datum"] is None else Datum(given["datum"])
    order = Order(path=Path(given["path"]), name=given["name"], datum=datum, sheet=given["sheet"])
    with os.fdopen(given["out"], "w", encoding="utf-8", errors="surrogatepass") as out:
        reading = Reading(order, out, lambda rows, share: say(rows=rows, share=share))
        summary = reading.read()
    say(summary=summary.as_json())


if __name__ == "__main__":
    main()
