"""A web server for finished pages, and a watch over what a browser does with them."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

STATIC = Path(__file__).parents[2] / "geo_service" / "web" / "static"
NONCE = "dGVzdC1ub25jZQ"
POLICY = (
    "default-src 'self'; "
    f"script-src 'self' 'nonce-{NONCE}'; "
    f"style-src 'self' 'nonce-{NONCE}'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "object-src 'none'; form-action 'self'"
)

# Runs in the page before anything of its own.
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@contextmanager
def served(pages: dict[str, str], policy: str | None = POLICY) -> Iterator[str]:
    """Serve pages by path, with the strict policy, and the static files; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in pages:
                self._answer("text/html; charset=utf-8", pages[path].encode())
                return
            file = STATIC / path.removeprefix("/static/")
            if path.startswith("/static/") and file.is_file():
                self._answer(mimetypes.guess_type(path)[0] or "text/plain", file.read_bytes())
            else:
                self.send_error(404)

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if policy is not None:
                self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Watch:
    """What a page did while it was open."""

    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser,
    *,
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    touch: bool = False,
) -> Iterator[tuple[Page, Watch]]:
    """Open an empty tab of this size; yield it with the record of what it does."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        has_touch=touch,
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    page = context.new_page()
    watch = Watch()

    def dismiss(dialog: object) -> None:
        watch.dialogs.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("request", lambda request: watch.requests.append(request.url))
    page.on("requestfailed", lambda request: watch.failures.append(request.url))
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on(
        "console",
        lambda said: watch.errors.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("dialog", dismiss)
    try:
        yield page, watch
    finally:
        context.close()
