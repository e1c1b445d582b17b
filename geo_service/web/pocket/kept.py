"""Bodies made once and kept compressed, for as long as their register is."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Hashable
from typing import Final
from weakref import WeakKeyDictionary

import brotli  # type: ignore[import-untyped]
from flask import Response, request

from geo_service.domain.register import Register

# Made once and sent thousands of times: the most that each can do.
_GZIP_LEVEL: Final = 9
_BROTLI_QUALITY: Final = 11

# Of one register: its stations for two days around midnight, its outlines.
_KEPT_OF_ONE: Final = 4


class KeptBody:
    """A body in every encoding that a client may want, and what it is recognised by."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self._media_type = media_type
        self._encoded = {
            "identity": body,
            "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
            "br": brotli.compress(body, quality=_BROTLI_QUALITY),
        }
        self._mark = hashlib.sha256(body).hexdigest()[:12]

    def answer(self, name: str) -> Response:
        """Answer this request; with 304 whoever has it already. ``name`` is for the ETag."""
        accepted = request.accept_encodings
        # What is equally welcome is sent as the smallest.
        encoding = accepted.best_match(["br", "gzip"]) or "identity"
        response = Response(self._encoded[encoding], content_type=self._media_type)
        if encoding != "identity":
            response.content_encoding = encoding
        response.vary.add("Accept-Encoding")
        response.cache_control.no_cache = True
        # Weak: the bytes differ by encoding.
        response.set_etag(f"{name}-{self._mark}", weak=True)
        response.make_conditional(request)
        return response


class KeptBodies:
    """The bodies made of each register, by what else they depend on; safe between threads."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Register, dict[Hashable, KeptBody]] = WeakKeyDictionary()
        self._making = threading.Lock()

    def of(self, register: Register, key: Hashable, make: Callable[[], KeptBody]) -> KeptBody:
        """Return the body of a key; whoever asks first makes it, and the others wait for it."""
        with self._making:
            kept = self._of.setdefault(register, {})
            body = kept.get(key)
            if body is None:
                body = make()
                while len(kept) >= _KEPT_OF_ONE:
                    del kept[next(iter(kept))]
                kept[key] = body
        return body
