"""Which ways of OpenStreetMap people walk, by their tags.

Every kind of ``highway`` that is open to people on foot unless a sign says otherwise counts, steps
included. Motorways do not, nor what is being built or planned. Then the way's own signs decide:

- ``foot=no``, ``private`` or ``use_sidepath`` closes it, any other ``foot`` opens it, even a
  motorway;
- without ``foot``: ``motorroad=yes``, ``access=no`` and ``access=private`` close it.

``oneway`` is for wheels and does not count. A square (``area=yes``) is walked around its edge.
Ferries are no walks. Conditions ("at night"), barriers at single nodes and squares drawn as
multipolygons are not read. See wiki.openstreetmap.org, "OSM tags for routing".
"""

from collections.abc import Mapping
from typing import Final

_WALKED: Final = frozenset(
    (
        *("trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"),
        *("tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road"),
        *("service", "track", "pedestrian", "footway", "path", "steps", "crossing", "corridor"),
        *("elevator", "platform", "bridleway", "cycleway", "trail", "busway"),
    )
)
_MOTORWAYS: Final = frozenset(("motorway", "motorway_link"))
_CLOSED_TO_FEET: Final = frozenset(("no", "private", "use_sidepath"))
_CLOSED_TO_ALL: Final = frozenset(("no", "private"))


def is_walked(tags: Mapping[str, str]) -> bool:
    """Say whether people walk along a way of these tags."""
    highway = tags.get("highway")
    if highway not in _WALKED and highway not in _MOTORWAYS:
        return False
    foot = tags.get("foot")
    if foot is not None:
        return foot not in _CLOSED_TO_FEET
    if highway in _MOTORWAYS or tags.get("motorroad") == "yes":
        return False
    return tags.get("access") not in _CLOSED_TO_ALL
