"""The form of a new scenario: fields and lines of text, read as a program's question would be."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import Field

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.siting import Goal
from geo_service.services.suggestion import CandidateSource
from geo_service.web import params
from geo_service.web.api.scenario_bodies import ScenarioParameters, TermsParameters
from geo_service.web.language import Language, LanguageParameters
from geo_service.web.params import Truth
from geo_service.web.planner_scenarios.words import WORDS

_LONGEST: Final = 60_000
Lines = Annotated[str, Field(max_length=_LONGEST)]
Field_ = Annotated[str, Field(max_length=1000)]


class ScenarioForm(TermsParameters, LanguageParameters):
    """POST /planner/scenarios: what the form sends; numbers are read with the rest."""

    name: Field_ = ""
    note: Field_ = ""
    hidden: Truth = False
    goal: Goal | None = None
    sites: Field_ = ""
    candidates: CandidateSource = CandidateSource.GRID
    seconds: Field_ = ""
    curve: Truth = False
    new_hours: Field_ = ""
    datum: Datum = Datum.WGS84
    additions: Lines = ""
    closures: Lines = ""
    moves: Lines = ""
    changes: Lines = ""

    def scenario(self, language: Language) -> ScenarioParameters:
        """Return the question, or raise InvalidQueryError, naming lines as people count them."""
        edits, lines = self._edits(language)
        body: dict[str, Any] = {
            **self.model_dump(include=set(TermsParameters.model_fields)),
            "name": self.name,
            "note": self.note,
            "listed": not self.hidden,
            "edits": edits,
        }
        if self.goal is not None:
            body["suggestion"] = {
                "goal": self.goal,
                "candidates": self.candidates,
                "curve": self.curve,
                "opening_hours": self.new_hours or None,
                **({"sites": self.sites} if self.sites and self.goal.needs_sites else {}),
                **({"seconds": self.seconds} if self.seconds else {}),
            }
        try:
            return params.read_given(ScenarioParameters, body)
        except InvalidQueryError as error:
            raise InvalidQueryError(
                *(named_by_line(each, lines) for each in error.faults)
            ) from None

    def lines(self, language: Language) -> list[str]:
        """Return what each edit is called, by its place."""
        return self._edits(language)[1]

    def _edits(self, language: Language) -> tuple[list[dict[str, Any]], list[str]]:
        words, edits, lines, faults = WORDS[language], [], [], []
        for field, number, line in self._filled():
            label = words["line"].format(what=words[f"{field}_line"], number=number)
            edit = self._edit(field, line)
            if edit is None:
                faults.append(ParameterFault(label, words["few_parts"]))
            else:
                edits.append(edit)
                lines.append(label)
        if faults:
            raise InvalidQueryError(*faults)
        return edits, lines

    def _filled(self) -> Iterator[tuple[str, int, str]]:
        for field in ("moves", "closures", "changes", "additions"):
            for number, line in enumerate(getattr(self, field).splitlines(), start=1):
                if line.strip():
                    # Chinese input methods write these for the comma and the semicolon.
                    yield field, number, line.strip().replace("，", ",").replace("；", ";")

    def _edit(self, field: str, line: str) -> dict[str, Any] | None:
        """Return an edit, its numbers as they were written; None if a part is missing."""
        if field == "closures":
            return {"kind": "close", "station": line}
        most = {"changes": 1, "moves": 2, "additions": 2}[field]
        parts = [part.strip() for part in line.split(";" if field == "changes" else ",", most)]
        if len(parts) <= most or not all(parts):
            return None
        match field:
            case "changes":
                return {"kind": "hours", "station": parts[0], "opening_hours": parts[1]}
            case "moves":
                place = {"lon": parts[1], "lat": parts[2], "datum": self.datum}
                return {"kind": "move", "station": parts[0], **place}
            case _:
                place = {"lon": parts[0], "lat": parts[1], "datum": self.datum}
                return {"kind": "add", "name": parts[2], "services": self._services(), **place}

    def _services(self) -> list[dict[str, Any]]:
        """Return what a new station offers: such as is asked for, or it would not be counted."""
        return [
            {
                "kind": self.service or "rest",
                "groups": [self.group] if self.group else [],
                "opening_hours": self.new_hours or None,
            }
        ]


def named_by_line(fault: ParameterFault, lines: list[str]) -> ParameterFault:
    """Return a fault of an edit, named as people count the lines of the form."""
    head, _, rest = fault.parameter.partition(".")
    number = rest.split(".", 1)[0]
    if head == "edits" and number.isdigit() and int(number) < len(lines):
        return ParameterFault(lines[int(number)], fault.reason)
    return fault
