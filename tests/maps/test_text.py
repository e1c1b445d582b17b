"""Text made safe."""

import json

import pytest

from maps.text import json_block, safe_link
from tests.support import hostile


def _inside(block: str) -> str:
    return block.split(">", 1)[1].rsplit("</script>", 1)[0]


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_a_block_of_json_gives_back_the_very_text(text: str) -> None:
    block = json_block("content", {"name": text})

    assert json.loads(_inside(block)) == {"name": text}


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_a_block_of_json_holds_no_character_that_ends_it(text: str) -> None:
    inside = _inside(json_block("content", {"name": text}))

    assert not set(inside) & set("<>&\u2028\u2029")


def test_a_block_of_json_refuses_what_json_has_no_word_for() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_block("content", {"metres": float("nan")})


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_a_link_that_may_run_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a link"):
        safe_link(url)


@pytest.mark.parametrize(
    "url",
    ["?lang=en", "/maps/stations", "https://uri.amap.com/x?a=1", "geo:33.5,114.0?q=33.5,114.0(x)"],
)
def test_a_link_that_leads_somewhere_is_kept(url: str) -> None:
    assert safe_link(url) == url
