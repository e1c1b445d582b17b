"""That there are tiles of what is published, said to pygeoapi; it is not asked for any."""

from typing import Any

from pygeoapi.provider.base_mvt import BaseMVTProvider


class PublishedTiles(BaseMVTProvider):  # type: ignore[misc]  # pygeoapi is not typed
    """The vector tiles of a view, as pygeoapi's descriptions mention them."""

    def get_fields(self) -> dict[str, Any]:
        """Return nothing: the view's own provider has the properties."""
        return {}
