"""What answers say of the street network they rest on."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from geo_service.domain.street_network import StreetNetwork


class NetworkShape(TypedDict):
    """The street network that walks were measured along."""

    attribution: Annotated[str, Field(description="To be shown wherever the answer is.")]
    licence: str
    file: str
    as_of: Annotated[str | None, Field(description="Day of the street data; null: not known.")]
    loaded_at: str
    joined_within_m: Annotated[
        float, Field(description="A place farther from any street than this is out of reach.")
    ]


def network_shape(network: StreetNetwork) -> NetworkShape:
    """Say what a network is and whose."""
    source = network.source
    return {
        "attribution": source.attribution,
        "licence": source.licence,
        "file": source.file,
        "as_of": source.as_of,
        "loaded_at": source.loaded_at.isoformat(timespec="seconds"),
        "joined_within_m": network.joined_within,
    }
