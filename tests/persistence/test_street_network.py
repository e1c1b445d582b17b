"""The network's file: whole or not there, and noticed when it changes."""

from pathlib import Path

import numpy as np
import pytest

from geo_service.domain.errors import InvalidStreetNetworkError, NoStreetNetworkError
from geo_service.persistence.street_network import StreetNetworkFile
from tests.support.streets import a_network

SHORT = a_network([(114.0, 33.5), (114.01, 33.5)], [(0, 1)])
LONG = a_network([(114.0, 33.5), (114.01, 33.5), (114.02, 33.5)], [(0, 1), (1, 2, 1e6)])


@pytest.fixture
def kept(tmp_path: Path) -> StreetNetworkFile:
    return StreetNetworkFile(tmp_path / "network" / "streets.npz")


def test_what_was_written_is_read(kept: StreetNetworkFile) -> None:
    kept.replace(LONG)

    found = StreetNetworkFile(kept.path).network()

    for name in ("tail", "head", "metres"):
        assert np.array_equal(getattr(found, name), getattr(LONG, name))
    assert np.array_equal(found.nodes.longitudes, LONG.nodes.longitudes)
    assert np.array_equal(found.nodes.latitudes, LONG.nodes.latitudes)
    assert (found.source, found.islands) == (LONG.source, LONG.islands)


def test_without_a_file_it_says_how_to_load_one(kept: StreetNetworkFile) -> None:
    with pytest.raises(NoStreetNetworkError, match="geo-service network load"):
        kept.network()


def test_a_network_is_read_once(kept: StreetNetworkFile) -> None:
    kept.replace(SHORT)

    assert kept.network() is kept.network()


def test_another_network_is_noticed(kept: StreetNetworkFile) -> None:
    kept.replace(SHORT)
    before = kept.network()

    StreetNetworkFile(kept.path).replace(LONG)

    assert (len(before.tail), len(kept.network().tail)) == (1, 2)


def test_a_network_that_was_removed_is_gone(kept: StreetNetworkFile) -> None:
    kept.replace(SHORT)
    kept.network()

    StreetNetworkFile(kept.path).remove()

    with pytest.raises(NoStreetNetworkError):
        kept.network()
    with pytest.raises(NoStreetNetworkError):
        kept.remove()


def test_nothing_but_the_file_is_left_behind(kept: StreetNetworkFile) -> None:
    kept.replace(SHORT)
    kept.replace(LONG)

    assert [each.name for each in kept.path.parent.iterdir()] == ["streets.npz"]


@pytest.mark.parametrize("content", [b"", b"no network", b"PK\x03\x04 half of one"])
def test_a_broken_file_is_refused_with_what_to_do(kept: StreetNetworkFile, content: bytes) -> None:
    kept.path.parent.mkdir()
    kept.path.write_bytes(content)

    with pytest.raises(InvalidStreetNetworkError, match="load it again"):
        kept.network()


def test_a_file_of_other_arrays_is_refused(kept: StreetNetworkFile) -> None:
    kept.path.parent.mkdir()
    np.savez(kept.path, about=np.array('{"form": 99}'))

    with pytest.raises(InvalidStreetNetworkError, match="load it again"):
        kept.network()
