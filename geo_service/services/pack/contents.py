"""What is taken along: one question, answered at every level, with what can be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from geo_service.domain.reach import DistanceType
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.domain.survey import Level
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage
from geo_service.services.measures import MOST_GAPS, GapList, worst_gaps
from geo_service.services.notes import Language, coverage_notes

# Worst first: figures are worth no more than the least of what they are made from.
_LEAST_FIRST = (DataStatus.DEMONSTRATION, DataStatus.DERIVED, DataStatus.OFFICIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """One answer and its circumstances, from which every file is made.

    ``made_at`` is in the place's own time. ``answers`` has the asked level at least. ``cautions``
    are sentences about this copy of the register, ahead of all others.
    """

    register: Register
    answers: Mapping[Level, CoverageAnswer]
    level: Level
    made_at: datetime
    language: Language
    gaps: GapList
    cautions: tuple[str, ...] = ()

    @property
    def answer(self) -> CoverageAnswer:
        """The answer that was asked for."""
        return self.answers[self.level]

    @property
    def whole(self) -> CoverageAnswer:
        """The answer for the place as one unit, if there is one; there nothing counts twice."""
        return self.answers.get(Level.CITY, self.answer)

    @property
    def along_streets(self) -> bool:
        """Whether distances follow streets: then no disc says what is in reach."""
        return self.answer.query.distances.distance_type is DistanceType.NETWORK_WALK

    @property
    def place_name(self) -> str:
        """The place, in the language of the file."""
        place = self.register.place
        return place.name if self.language == "zh" else place.name_en or place.name

    @property
    def data_status(self) -> DataStatus:
        """What the figures are worth: the least of the stations' statuses."""
        present = self.register.data_status
        return next((each for each in _LEAST_FIRST if each in present), DataStatus.OFFICIAL)

    @property
    def demonstration(self) -> bool:
        """Whether any of it was made up to show the service."""
        return DataStatus.DEMONSTRATION in self.register.data_status

    def notes(self) -> list[str]:
        """Return what to know before trusting the figures."""
        notes = coverage_notes(self.register, self.answer, self.made_at, self.language)
        return [*self.cautions, *notes]


def gather(  # noqa: PLR0913 - the question and its circumstances
    register: Register,
    query: CoverageQuery,
    *,
    instant: datetime,
    language: Language,
    levels: tuple[Level, ...] = tuple(Level),
    cautions: tuple[str, ...] = (),
) -> Contents:
    """Answer the question at these levels, and at its own."""
    return Contents(
        register=register,
        answers={
            level: measure_coverage(register, replace(query, level=level))
            for level in Level
            if level in levels or level is query.level
        },
        level=query.level,
        made_at=instant.astimezone(register.place.zone),
        language=language,
        gaps=worst_gaps(register, query, count=MOST_GAPS),
        cautions=cautions,
    )
