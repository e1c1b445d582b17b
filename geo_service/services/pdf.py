"""Sheets of paper as PDF or picture, made by a program of its own and kept while asked for."""

import shutil
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final, NamedTuple

from cachetools import LRUCache

from geo_service.domain.errors import PdfUnavailableError
from geo_service.services.pdf_child import LACKS_A_LIBRARY

_PROGRAM: Final = Path(__file__).with_name("pdf_child.py")
_SECONDS: Final = 20
# Each holds a thread that could answer questions: one has its PDF made, one waits.
_AT_ONCE: Final = 2
_PATIENCE_S: Final = 10.0
_KEPT: Final = 32  # of some 100 kB each
_PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
_REMEDY: Final = (
    f"on Debian, run: apt-get install {_PACKAGES} (nothing has to be started again). "
    "Until then, print the page itself from the browser"
)


class PdfBusyError(Exception):
    """Others are having PDFs made, or the machine has too much else to do; later may be better."""


class PdfPress:
    """Makes one sheet at a time out of HTML, and remembers the last ones by that HTML."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        """Make a press that gives up after so many seconds on a machine that is too busy."""
        self._seconds = seconds
        self._places = BoundedSemaphore(_AT_ONCE)
        self._turn = Lock()
        self._lock = Lock()
        self._kept: LRUCache[_Order, bytes] = LRUCache(_KEPT)

    def pdf_of(self, html: str) -> bytes:
        """Return a sheet as PDF. All that it shows is in ``html``: nothing is fetched.

        Raises:
            PdfUnavailableError: this machine lacks a library or a font; the text says which
                packages have them.
            PdfBusyError: others came before.
        """
        return self._made(_Order(html))

    def picture_of(self, html: str, *, dots_per_inch: int) -> bytes:
        """Return the first page of a sheet as PNG; it is set as ``pdf_of`` sets it, and fails so.

        Raises:
            PdfUnavailableError: see ``pdf_of``.
            PdfBusyError: others came before.
        """
        return self._made(_Order(html, dots_per_inch))

    def _made(self, order: "_Order") -> bytes:
        if (made := self._known(order)) is not None:
            return made
        if not self._places.acquire(blocking=False):
            raise PdfBusyError
        try:
            return self._in_turn(order)
        finally:
            self._places.release()

    def _in_turn(self, order: "_Order") -> bytes:
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise PdfBusyError
        try:
            if (made := self._known(order)) is None:  # the one before may have had the same
                made = _made(order, self._seconds)
                with self._lock:
                    self._kept[order] = made
            return made
        finally:
            self._turn.release()

    def _known(self, order: "_Order") -> bytes | None:
        with self._lock:
            return self._kept.get(order)


class _Order(NamedTuple):
    """What is to be made: a PDF of this HTML, or with a resolution a picture of its first page."""

    html: str
    dots_per_inch: int | None = None


def _made(order: _Order, seconds: float) -> bytes:
    if not _has_chinese_font():
        raise PdfUnavailableError(f"no font with Chinese signs is installed; {_REMEDY}")
    program = [sys.executable, "-P", str(_PROGRAM)]
    if order.dots_per_inch is not None:
        program.append(str(order.dots_per_inch))
    try:
        ran = subprocess.run(  # noqa: S603 - our own program, and no argument from outside
            program, input=order.html.encode(), capture_output=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise PdfBusyError from None  # the program itself ends when it has computed for so long
    if ran.returncode == LACKS_A_LIBRARY:
        raise PdfUnavailableError(f"Pango, which sets the text, is not installed; {_REMEDY}")
    if ran.returncode:
        said = ran.stderr.decode(errors="replace")[-2000:]
        raise RuntimeError(f"making a PDF failed with exit code {ran.returncode}: {said}")
    return ran.stdout


def _has_chinese_font() -> bool:
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return True  # Debian's Pango brings it; elsewhere only the sheet itself will tell
    ran = subprocess.run(  # noqa: S603 - fontconfig's own program
        [fc_list, ":lang=zh-cn", "family"], capture_output=True, check=False, timeout=_SECONDS
    )
    return bool(ran.stdout.strip())
