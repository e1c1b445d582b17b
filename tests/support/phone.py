"""A worker's phone: small, touched, and somewhere; or without a position, or without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from playwright.sync_api import Browser, Page

WECHAT: Final = (
    "Mozilla/5.0 (Linux; Android 9; V1901A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/86.0.4240.99 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.1.1841(0x28000151)"
)

# Answers as a phone does that fails to find itself: 1 denied, 2 unavailable, 3 timed out.
FAILING: Final = """
navigator.geolocation.getCurrentPosition = (_, failed) =>
  setTimeout(() => failed({ code: %d, message: "" }), 0);
"""


@contextmanager
def phone(
    browser: Browser,
    *,
    at: tuple[float, float] | None = None,
    failure: int | None = None,
    moment: datetime | None = None,
    dark: bool = False,
    **more: Any,
) -> Iterator[Page]:
    """Open an empty tab on a phone at longitude, latitude, at a moment.

    Service workers are blocked unless ``more`` says otherwise.
    """
    given: dict[str, Any] = {"service_workers": "block"}
    if at is not None:
        position = {"longitude": at[0], "latitude": at[1], "accuracy": 15}
        given |= {"geolocation": position, "permissions": ["geolocation"]}
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        has_touch=True,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="zh-CN",
        **{**given, **more},
    )
    if failure is not None:
        context.add_init_script(FAILING % failure)
    page = context.new_page()
    if moment is not None:
        page.clock.set_fixed_time(moment)
    try:
        yield page
    finally:
        context.close()
