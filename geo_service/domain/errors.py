"""What can go wrong, in the words of the domain. Nothing here knows of HTTP or SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from geo_service.domain.change import Conflict
    from geo_service.domain.undoing import UndoStep


class GeoServiceError(Exception):
    """Any failure this service foresaw; its text is fit to be shown to the caller."""


class InvalidCoordinateError(GeoServiceError):
    """The degrees given lie nowhere on earth."""


@dataclass(frozen=True, slots=True)
class ParameterFault:
    """One parameter that cannot be used as given, and what to do about it."""

    parameter: str
    reason: str


class InvalidQueryError(GeoServiceError):
    """A question that cannot be asked as it was put; every fault found is named."""

    def __init__(self, *faults: ParameterFault) -> None:
        super().__init__("; ".join(f"{each.parameter}: {each.reason}" for each in faults))
        self.faults = faults


class OutsideServedAreaError(GeoServiceError):
    """The origin is so far from the place served that no answer would help."""


class InvalidOpeningHoursError(GeoServiceError):
    """An expression that the OSM opening-hours grammar, or this service, does not take."""


class HoursNotUnderstoodError(InvalidOpeningHoursError):
    """Words for opening hours that say nothing, or more than one thing; never guessed at.

    ``part`` is the piece that is not understood; ``in_chinese`` and ``in_english`` say what is
    wrong with it and what is expected.
    """

    def __init__(self, part: str, *, zh: str, en: str) -> None:
        self.part, self.zh, self.en = part, zh, en
        self.in_chinese = f"“{part}”：{zh}" if part else zh
        self.in_english = f"{part!r}: {en}" if part else en
        super().__init__(f"opening hours not understood at {self.in_english}")


class StationNotFoundError(GeoServiceError):
    """No station carries this identifier."""


class StationChangedError(GeoServiceError):
    """Somebody else changed a station since it was looked at; nothing was written."""

    def __init__(self, conflicts: "Sequence[Conflict]") -> None:
        named = ", ".join(each.station_id for each in conflicts)
        super().__init__(f"changed by somebody else since revision {conflicts[0].seen}: {named}")
        self.conflicts = tuple(conflicts)


class RevisionNotFoundError(GeoServiceError):
    """The register has no revision of this number."""


class HistoryNotKeptError(GeoServiceError):
    """What is asked for is older than the history; the text says with what that begins."""


class UndoRefusedError(GeoServiceError):
    """A change cannot be taken back as asked: later ones are in the way; nothing was written.

    ``steps`` are the stations that are in the way, as far as they are to be named.
    """

    def __init__(self, text: str, steps: "Sequence[UndoStep]" = ()) -> None:
        super().__init__(text)
        self.steps = tuple(steps)


class TownshipNotFoundError(GeoServiceError):
    """No township carries this code."""


class TooManyReportsError(GeoServiceError):
    """Reports come faster than people find faults; nothing was kept."""

    def __init__(self, text: str, *, again_in_s: int) -> None:
        super().__init__(text)
        self.again_in_s = again_in_s


class ReportNotFoundError(GeoServiceError):
    """No report carries this number."""


class ReportHandledError(GeoServiceError):
    """Somebody else has handled a report already; nothing was written."""


class KeeperLinkError(GeoServiceError):
    """The link of a station's keeper is not known, was revoked, or is over."""


class TooManyRequestsError(GeoServiceError):
    """Questions or changes come faster from one sender than the operator lets anybody's come.

    ``policy`` is the name of the limit that was passed.
    """

    def __init__(self, text: str, *, policy: str, again_in_s: int) -> None:
        super().__init__(text)
        self.policy = policy
        self.again_in_s = again_in_s


class PdfUnavailableError(GeoServiceError):
    """No PDF can be made on this machine; the text says what it lacks."""


class RouteNotFoundError(GeoServiceError):
    """No saved route carries this identifier."""


class ScenarioNotFoundError(GeoServiceError):
    """No saved scenario carries this identifier."""


class ScenarioTokenError(GeoServiceError):
    """Only who made a scenario may change it, and this is not who did."""


class ScenarioNotReadyError(GeoServiceError):
    """The sites of a scenario are not chosen yet, or never will be; the text says which."""


class TooManyScenariosError(GeoServiceError):
    """Scenarios come faster than people plan, or no room is left; nothing was kept."""

    def __init__(self, text: str, *, again_in_s: int) -> None:
        super().__init__(text)
        self.again_in_s = again_in_s


class DemandLayerNotFoundError(GeoServiceError):
    """No demand layer carries this identifier."""


class NotSignedInError(GeoServiceError):
    """Nobody, or nobody known any more, asks for what only staff and their programs may."""


class NotAllowedError(GeoServiceError):
    """Somebody known asks for what they may not do."""


class ForbiddenCountyError(GeoServiceError):
    """An editor changes a station of a county that is not theirs."""


class ForgedRequestError(GeoServiceError):
    """A change came with somebody's session, but not from a page that was given to them."""


class SignInRefusedError(GeoServiceError):
    """Login and password do not belong together; which of them is wrong is not said."""


class TooManySignInsError(GeoServiceError):
    """Passwords are tried faster than people mistype them; this one was not looked at."""

    def __init__(self, text: str, *, again_in_s: int) -> None:
        super().__init__(text)
        self.again_in_s = again_in_s


class AccountNotFoundError(GeoServiceError):
    """Nobody has this login, or no token this number."""


class AccountConflictError(GeoServiceError):
    """A change of accounts that would break them; the text says what stands in its way."""

    def __init__(self, text: str, conflict: Literal["taken", "last", "full"]) -> None:
        super().__init__(text)
        self.conflict = conflict


class NoStreetNetworkError(GeoServiceError):
    """Real walks are asked for, and no street network is loaded."""


class InvalidStreetNetworkError(GeoServiceError):
    """A file that is no street network, or a broken one."""


class OffTheStreetsError(GeoServiceError):
    """The place is so far from any street of the network that no walk can be measured."""


class TileNotFoundError(GeoServiceError):
    """There is no such tile, or no such layer of tiles."""


class ImportNotFoundError(GeoServiceError):
    """No import carries this identifier, or its file is no longer kept."""


class ImportNotReadyError(GeoServiceError):
    """An import cannot be applied as it stands; the text says why not."""


class TooManyImportsError(GeoServiceError):
    """So many files wait to be looked through that one more would wait too long."""

    def __init__(self, text: str, *, again_in_s: int) -> None:
        super().__init__(text)
        self.again_in_s = again_in_s


class RegisterUnavailableError(GeoServiceError):
    """No copy of the register can be had: the database does not answer and none was kept."""


class RegisterNotWritableError(GeoServiceError):
    """A change cannot be made now: the database does not answer, is full, or takes no writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a file: where it stands, what is there, what is expected."""

    file: str
    reason: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Say it as a person would look it up: file, row, column, value, expectation."""
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(self.column)
        shown = "" if self.value is None else f" {self.value!r}"
        return f"{', '.join(where)}:{shown} {self.reason}"


class DatasetError(GeoServiceError):
    """A data folder that cannot be loaded; every fault found is listed, not just the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
