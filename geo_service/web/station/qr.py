"""QR codes as SVG: black on white in either theme, or scanners fail."""

from io import BytesIO


def qr_svg(text: str, *, standalone: bool = True) -> str:
    """Return a QR code, with the quiet zone that scanners need; it scales to any size.

    ``standalone`` makes a file of its own; else it is an element to stand in a page.
    """
    import segno  # noqa: PLC0415 - 3 MB that a worker needs at its first code

    # Level M: a sign outdoors is scratched, but a dense code is slow to read for an old phone.
    code = segno.make(text, error="m", micro=False)
    out = BytesIO()
    code.save(
        out,
        kind="svg",
        border=4,
        dark="#000",
        light="#fff",
        xmldecl=standalone,
        svgns=True,
        nl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()
