"""What every answer says of itself, as text that is made once for each look at the database."""

from datetime import datetime
from typing import Final

from geo_service.domain.datum import Datum
from geo_service.domain.register import Register
from geo_service.web import freshness, geojson
from geo_service.web.answers import json_text

_MARK: Final = "\0"  # where the instant goes; no text of the register holds one
_MARK_TEXT: Final = b"\\u0000"


class AnswerHeads:
    """The members that all answers from one revision, in one datum, begin with."""

    def __init__(self, datum: Datum) -> None:
        self._datum = datum
        self._made: tuple[object, bytes, bytes] = (None, b"", b"")

    def text(self, register: Register, instant: datetime, written: bytes) -> bytes:
        """Write a JSON object for an answer at an instant, which is ``written`` in RFC 3339."""
        depends_on = freshness.last_look(), written[:4]  # the notes of a year are all the same
        made_for, before, behind = self._made
        if made_for != depends_on:
            shape = geojson.answer_shape(register, self._datum, instant)
            shape["instant"] = _MARK
            before, behind = json_text(shape).encode().split(_MARK_TEXT)
            self._made = depends_on, before, behind
        return b"".join((before, written, behind))
