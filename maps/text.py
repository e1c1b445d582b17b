"""Text made safe at the one place where it enters a page.

Folium writes every text it is given (popups, tooltips, icons, layer names, attribution) into
markup, into JavaScript template literals, and through Jinja a second time: a name such as
``<img onerror=…>``, ``${alert(1)}`` or ``{{ 7 * 7 }}`` runs. So no text of the data goes through
Folium at all. Words that stand in the page are escaped by Jinja's autoescape; all others travel in
one block of JSON, which no browser runs, and our scripts show them as text nodes.
"""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from markupsafe import Markup

# In JSON these characters stand only inside strings, where the escaped form means the same.
# "<" could end the block or open a comment; the two separators end a line in old JavaScript.
_ESCAPES = {each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}

# What a link may start with: pages of this service, web pages, and a phone's own map or dialler.
_SCHEMES = frozenset({"", "http", "https", "geo", "tel"})


def json_block(identifier: str, content: Mapping[str, object]) -> Markup:
    """Return ``<script type="application/json">`` holding the content; NaN is refused."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escaped in _ESCAPES.items():  # ten times as fast as str.translate
        text = text.replace(character, escaped)
    return Markup('<script type="application/json" id="{}">{}</script>').format(
        identifier,
        Markup(text),  # noqa: S704 - escaped above
    )


def safe_link(url: str) -> str:
    """Return the address if following it can only go somewhere; else raise ValueError.

    ``javascript:`` and ``data:`` addresses run; so does a scheme hidden behind blanks, which
    browsers drop.
    """
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise ValueError(f"a link with blanks or control characters: {url!r}")
    if urlsplit(url).scheme.lower() not in _SCHEMES:
        raise ValueError(f"a link that may run: {url!r}")
    return url
