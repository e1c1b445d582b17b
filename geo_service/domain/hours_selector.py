"""Which days a statement about opening hours is for, gathered from its words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_lexicon import EVERY_DAY, Token, Word
from geo_service.domain.hours_measures import Dates
from geo_service.domain.hours_rules import Body, Rule


@dataclass(slots=True)
class Selector:
    """The days that a rule is for, as far as they are read."""

    days: frozenset[int] | None = None
    dates: list[Dates] = field(default_factory=list)
    on_holidays: bool = False
    no_holidays: bool = False
    otherwise: bool = False
    without: frozenset[int] = frozenset()
    without_dates: list[Dates] = field(default_factory=list)
    season: Token | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no word for days was read."""
        return not self.texts

    @property
    def only_excepts(self) -> bool:
        """Whether it says which days are left out, and not of which."""
        says_which = self.days is not None or self.dates or self.on_holidays or self.season
        return not says_which and bool(self.without or self.without_dates or self.no_holidays)

    @property
    def text(self) -> str:
        """Return the words as they stand in the notice."""
        return "".join(self.texts)

    def take_in(self, token: Token) -> None:
        """Add the days of a word."""
        self.texts.append(token.text)
        if token.word is Word.HOLIDAYS:
            self.on_holidays = True
        elif token.word is Word.SEASON:
            self.season = token
        elif isinstance(token.meaning, Dates):
            self.dates.append(token.meaning)
        else:
            self.days = (self.days or frozenset()) | cast("frozenset[int]", token.meaning)
            self.otherwise = self.otherwise or token.word is Word.OTHERWISE
            self.no_holidays = self.no_holidays or token.word is Word.WORKDAYS

    def leave_out(self, tokens: Sequence[Token], word: Token | None) -> None:
        """Except the days of some words."""
        shown = "".join(each.text for each in tokens) + (word.text if word else "")
        self.texts.append(shown)
        if not tokens:
            raise HoursNotUnderstoodError(
                shown, zh="除了哪些天？请写 除周三外", en="except what? Write 除周三外"
            )
        for token in tokens:
            if token.word is Word.HOLIDAYS:
                self.no_holidays = True
            elif isinstance(token.meaning, Dates):
                self.without_dates.append(token.meaning)
            elif token.word is Word.DAYS:
                self.without |= cast("frozenset[int]", token.meaning)
            else:
                raise HoursNotUnderstoodError(
                    shown,
                    zh="请写明是周几、节假日，或哪些日期",
                    en="say which days of the week, 节假日, or which dates",
                )

    def rule(self, body: Body) -> Rule:
        """Return the rule that gives these days some hours."""
        if self.without >= (self.days or EVERY_DAY):
            raise HoursNotUnderstoodError(
                self.text, zh="除去以后一天也不剩", en="that leaves no day at all"
            )
        only_holidays = self.on_holidays and self.days is None and not self.dates
        days = frozenset() if only_holidays else (self.days or EVERY_DAY) - self.without
        return Rule(
            body,
            days=days,
            dates=tuple(self.dates),
            on_holidays=self.on_holidays,
            no_holidays=self.no_holidays and not self.on_holidays,
            days_stated=self.days is not None or bool(self.without) or not self.dates,
            text=self.text,
        )
