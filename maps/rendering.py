"""From a drawn map to one whole page of HTML that asks no other host for anything."""

from html.parser import HTMLParser

from maps.sheet import Sheet

# Elements that fetch what they name, and the attribute that names it.
_FETCHING = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "audio": "src",
    "video": "src",
    "embed": "src",
    "object": "data",
    "base": "href",
}
_NONCED = frozenset({"script", "style"})


class OutsideAssetError(ValueError):
    """A page was about to ask another host for something."""


def render(
    chart: Sheet, *, title: str, lang: str, nonce: str | None, asset_base: str = "/static"
) -> str:
    """Return the whole page: doctype, language, title, and a nonce on each script and style.

    ``asset_base`` is the address of the folder of static files (``/static``; ``assets`` for files
    that open offline, where ``nonce`` is None). Raises OutsideAssetError rather than return a page
    that would fetch something from another host.
    """
    page: str = chart.get_root().render(title=title, lang=lang, asset_base=asset_base)
    door = _Door(page)
    door.feed(page)
    door.close()
    return page if nonce is None else door.with_nonce(nonce)


class _Door(HTMLParser):
    """Read a page as a browser would; refuse what goes outside, remember where nonces belong."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self._page = page
        self._line_starts = [0]
        for line in page.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._nonce_at: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fetched = dict(attrs).get(_FETCHING.get(tag, ""))
        if fetched is not None:
            _refuse_outside(tag, fetched)
        if tag in _NONCED:
            line, column = self.getpos()
            self._nonce_at.append(self._line_starts[line - 1] + column + len(f"<{tag}"))

    def with_nonce(self, nonce: str) -> str:
        """Return the page with the nonce put into each script and style element."""
        if not nonce or not nonce.replace("-", "").replace("_", "").rstrip("=").isalnum():
            raise ValueError("a nonce is base64url text")
        pieces = []
        start = 0
        for place in self._nonce_at:
            pieces += [self._page[start:place], f' nonce="{nonce}"']
            start = place
        return "".join([*pieces, self._page[start:]])


def _refuse_outside(tag: str, address: str) -> None:
    # A browser drops blanks and takes a backslash for a slash.
    plain = "".join(address.split()).replace("\\", "/").lower()
    if plain == "data:,":  # the empty icon, which keeps browsers from asking for /favicon.ico
        return
    if plain.startswith("//") or ":" in plain.split("/", 1)[0]:
        raise OutsideAssetError(f"<{tag}> would fetch {address}")
