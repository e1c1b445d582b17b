"""The curl commands of the documents, understood and sent without curl."""

import http.client
import shlex
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

SHOWN = "http://127.0.0.1:8000"
"""Where the documents say that the service is."""


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass(slots=True)
class Curl:
    """One request, as a curl command describes it."""

    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    output: Path | None = None

    @classmethod
    def read(cls, command: str) -> Self:
        """Read a command; an option that is not understood fails."""
        program, *words = shlex.split(command)
        assert program == "curl", command
        made = cls()
        while words:
            word = words.pop(0)
            match word:
                case "-X":
                    made.method = words.pop(0)
                case "-H":
                    name, _, value = words.pop(0).partition(":")
                    made.headers[name] = value.strip()
                case "-d":
                    made.body = words.pop(0)
                case "-o":
                    made.output = Path(words.pop(0))
                case _:
                    assert word.startswith(SHOWN), f"{word!r} is not understood in {command}"
                    made.url = word
        made.method = made.method or ("GET" if made.body is None else "POST")
        return made

    def send(self, address: str) -> Answer:
        """Send it to the service at another address than the documents' one."""
        there = urlsplit(address)
        assert there.hostname
        with closing(http.client.HTTPConnection(there.hostname, there.port)) as connection:
            body = None if self.body is None else self.body.encode()
            connection.request(self.method, self.url.removeprefix(SHOWN) or "/", body, self.headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.read())
        if self.output is not None:
            self.output.write_bytes(answer.body)
        return answer
