"""The program that makes one PDF: HTML comes in, PDF goes out, and the process ends.

With an argument, the dots per inch, the first page goes out as PNG instead.

A process of its own, because fonts and layout take ten times the memory of a worker and seconds of
a processor; it is run by its path, so nothing of the service is loaded with it.
"""

import io
import resource
import sys
from importlib import import_module
from typing import Final, NoReturn

LACKS_A_LIBRARY: Final = 3
_MEMORY: Final = 2 * 1024**3  # of addresses: the Chinese fonts alone are mapped at 100 MB
_PROCESSOR_S: Final = 20


def main() -> None:
    """Turn the HTML on the standard input into a PDF, or a picture, on the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
    text = sys.stdin.buffer.read().decode()
    try:
        weasyprint = import_module("weasyprint")  # loads Pango, or fails for want of it
        urls = import_module("weasyprint.urls")
    except (ImportError, OSError) as error:
        sys.stderr.write(str(error))
        sys.exit(LACKS_A_LIBRARY)

    class NothingFromOutside(urls.URLFetcher):  # type: ignore[misc, name-defined]  # untyped
        """Refuses every address: a sheet carries all that it needs."""

        def fetch(self, url: str, headers: object = None) -> NoReturn:  # noqa: ARG002
            raise urls.FatalURLFetchingError(f"a sheet may fetch nothing, not even {url[:200]}")

    page = weasyprint.HTML(string=text, url_fetcher=NothingFromOutside(), media_type="print")
    made: bytes = page.write_pdf(pdf_tags=True)
    dots_per_inch = [int(each) for each in sys.argv[1:]]
    sys.stdout.buffer.write(_picture(made, dots_per_inch[0]) if dots_per_inch else made)


def _picture(pdf: bytes, dots_per_inch: int) -> bytes:
    """Return the first page as PNG, drawn by Chromium's reader of PDFs."""
    pdfium = import_module("pypdfium2")
    page = pdfium.PdfDocument(pdf)[0]
    png = io.BytesIO()
    page.render(scale=dots_per_inch / 72).to_pil().save(png, format="PNG", optimize=True)
    return png.getvalue()


if __name__ == "__main__":
    main()
