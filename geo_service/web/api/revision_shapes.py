"""The answers about the register's past."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from geo_service.web import shapes

_Fate = Literal["added", "changed", "removed"]
_Kind = Literal["load", "import", "edit", "verify", "reported", "undo"]
_Record = Annotated[
    dict[str, Any],
    Field(
        description="All that is recorded of a station, field by field, as in the data form: "
        "`longitude` and `latitude` in `datum`, as they were given. `wgs84` is the same place as "
        "longitude and latitude on WGS 84."
    ),
]


class RevisionShape(TypedDict):
    """One committed change of the register."""

    number: int
    committed_at: Annotated[str, Field(description="RFC 3339.")]
    kind: _Kind
    undoes: Annotated[int | None, Field(description="Of an undo: the revision it took back.")]
    undone_by: Annotated[list[int], Field(description="Revisions that took this one back.")]
    stations: Annotated[
        int,
        Field(description="How many stations it changed; 10,001 says that there are more."),
    ]
    author: Annotated[NotRequired[str], Field(description="For staff alone: who made it.")]
    reason: Annotated[NotRequired[str], Field(description="For staff alone: why.")]


class FieldShape(TypedDict):
    """A field of a station, before and after."""

    field: str
    before: Any
    after: Any


class ChangeShape(TypedDict):
    """What became of a station."""

    station: str
    change: _Fate
    fields: Annotated[list[FieldShape], Field(description="Where it was changed: what, and how.")]
    before: _Record | None
    after: _Record | None


class RevisionsAnswer(TypedDict):
    """Revisions, the newest first."""

    revisions: list[RevisionShape]
    links: list[shapes.LinkShape]


class RevisionAnswer(RevisionShape):
    """One revision with what it did."""

    added: Annotated[int | None, Field(description="null: of more than 10,000 it is not counted.")]
    changed: int | None
    removed: int | None
    changes: list[ChangeShape]
    links: list[shapes.LinkShape]


class PastChangeShape(ChangeShape):
    """What a revision did to one station."""

    revision: RevisionShape


class StationHistoryAnswer(TypedDict):
    """What became of one station, the newest first."""

    station: str
    history: list[PastChangeShape]
    links: list[shapes.LinkShape]


class StationThenAnswer(TypedDict):
    """A station as it was."""

    station: str
    revision: Annotated[
        int, Field(description="The revision asked for, or that the day ended with.")
    ]
    changed_in: Annotated[int, Field(description="The revision that changed it last until then.")]
    record: _Record


class LoggedShape(TypedDict):
    """One change, for whoever keeps a copy."""

    revision: int
    station: str
    change: _Fate
    record: Annotated[_Record | None, Field(description="null: the station was taken out.")]


class LoggedRevisionShape(TypedDict):
    """What is told to everybody of a revision."""

    number: int
    committed_at: str
    kind: _Kind


class ChangesAnswer(TypedDict):
    """Changes in order, oldest first."""

    since: int
    revision: Annotated[int, Field(description="The present revision.")]
    complete: Annotated[
        bool,
        Field(
            description="Whether these are the last: then go on with `since` = `revision`. Else "
            "follow the link with rel `next`."
        ),
    ]
    revisions: Annotated[
        list[LoggedRevisionShape], Field(description="Those that the changes are of.")
    ]
    changes: list[LoggedShape]
    links: list[shapes.LinkShape]


class DisputeShape(TypedDict):
    """A field that was changed again since."""

    field: str
    before: Any
    after: Any
    present: Any


class ObstacleShape(TypedDict):
    """A station that is in the way of undoing."""

    station: str
    obstacle: Literal["changed", "gone", "back", "no_service", "lifetime", "township"]
    fields: list[DisputeShape]


class UndoAnswer(TypedDict):
    """What undoing comes to, or came to."""

    undoes: int
    station: str | None
    conflicts: Literal["refuse", "keep", "overwrite"]
    revision: Annotated[
        int, Field(description="The present revision; of an undo that was made, its own.")
    ]
    refused: Annotated[bool, Field(description="Whether nothing would be undone.")]
    added: Annotated[int, Field(description="Stations that are put back.")]
    changed: Annotated[int, Field(description="Stations that are changed back.")]
    removed: Annotated[int, Field(description="Stations that are taken out again.")]
    unchanged: Annotated[int, Field(description="Stations that stay as they are.")]
    in_the_way: Annotated[int, Field(description="Stations with a later change in the way.")]
    obstacles: Annotated[list[ObstacleShape], Field(description="The first 200 of those.")]
