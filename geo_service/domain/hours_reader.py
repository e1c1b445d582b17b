"""Statements about opening hours, read word by word into rules."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_clock import in_order, span_of
from geo_service.domain.hours_lexicon import Token, Word
from geo_service.domain.hours_measures import Clock
from geo_service.domain.hours_rules import ALL_DAY, Body, Rule, Span, State
from geo_service.domain.hours_selector import Selector

_SELECTORS: Final = frozenset(
    {
        *(Word.DAYS, Word.WORKDAYS, Word.HOLIDAYS, Word.OTHERWISE),
        *(Word.DATES, Word.SEASON, Word.EXCEPT),
    }
)
_BODIES: Final = frozenset(
    {Word.CLOCK, Word.NUMBER, Word.ALL_DAY, Word.CLOSED, Word.UNKNOWN, Word.AS_USUAL}
)
_AFTER_EXCEPT: Final = frozenset({None, Word.LIST, Word.STOP, Word.CLOSING})
_SOFT: Final = frozenset({Word.LIST, Word.COLON, Word.OPENING, Word.CLOSING})


class RuleReader:
    """Reads rules from the words, left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._rules: list[Rule] = []
        # Whether the last rule gives no days, so that they may follow it: 8:00-18:00（周一至周五）.
        self._days_may_follow = False
        self._usual_on_holidays = False
        self._by_24_hours = any(
            each.word is Word.CLOCK
            and cast("Clock", each.meaning).part_of_day is None
            and (cast("Clock", each.meaning).hour > 12 or cast("Clock", each.meaning).hour == 0)
            for each in tokens
        )

    def rules(self) -> list[Rule] | None:
        """Return the rules; None where all that is said is that nothing is known."""
        words = [each.word for each in self._tokens if each.word not in _SOFT | {Word.STOP}]
        if words == [Word.UNKNOWN]:
            return None
        while self._at < len(self._tokens):
            self._statement()
        if self._usual_on_holidays:
            self._rules = [replace(each, no_holidays=False) for each in self._rules]
        if not self._rules or all(each.body is State.CLOSED for each in self._rules):
            raise HoursNotUnderstoodError(
                "".join(each.text for each in self._tokens),
                zh="没有写几点到几点。请写成 周一至周五 8:00-18:00，不知道的写 时间不详",
                en="no times are given; write them as 周一至周五 8:00-18:00, "
                "or 时间不详 if they are not known",
            )
        return self._rules

    def _word(self, ahead: int = 0) -> Word | None:
        at = self._at + ahead
        return self._tokens[at].word if at < len(self._tokens) else None

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _statement(self) -> None:
        """Read one rule, or what is added to the last one."""
        begin = self._at
        new_clause = in_brackets = False
        while (word := self._word()) in _SOFT or word is Word.STOP:
            self._at += 1
            new_clause = new_clause or word is Word.STOP
            in_brackets = word is Word.OPENING and bool(self._rules)
        if word is None:
            return
        follows_at_once = begin == self._at and self._days_may_follow
        selector, complete = self._selector(in_brackets=in_brackets)
        if complete or self._word() not in _BODIES:
            self._amend(selector, of_last_alone=in_brackets)
            return
        if follows_at_once and not selector.is_empty and self._tokens[self._at - 1].word in _SOFT:
            # 8:00-18:00 周一至周五，9:00-17:00: the days may belong to what is before or after.
            raise HoursNotUnderstoodError(
                selector.text,
                zh="不知道说的是前面还是后面的时间，请把日子写在时间前面，用分号隔开",
                en="these may be the days of the times before or after them; "
                "write the days before their times, and a semicolon between",
            )
        self._body(selector, new_clause=new_clause)

    def _selector(self, *, in_brackets: bool) -> tuple[Selector, bool]:
        """Read which days are meant; and say whether that is all, and times do not follow."""
        selector = Selector()
        while (word := self._word()) in _SELECTORS or word in _SOFT:
            if word in _SOFT:
                self._at += 1
                if word is Word.CLOSING and in_brackets and not selector.is_empty:
                    return selector, True
                continue
            first = selector.is_empty
            self._group(selector)
            if first and selector.only_excepts and self._rules and self._word() in _AFTER_EXCEPT:
                return selector, True
        if selector.season is not None and not selector.dates:
            raise HoursNotUnderstoodError(
                selector.season.text,
                zh="请写明从哪天到哪天，如 夏季(5月1日-9月30日)",
                en="say from which day to which, as in 夏季(5月1日-9月30日)",
            )
        return selector, False

    def _group(self, selector: Selector) -> None:
        """Read words for days up to the next comma or bracket, with what is excepted from them."""
        days: list[list[Token]] = []  # words that 、 or 和 joins stand together
        excepted: list[Token] | None = None
        joined = False
        while (word := self._word()) in _SELECTORS or self._is_joint():
            token = self._take()
            if word is Word.LIST:
                joined = True
            elif word is not Word.EXCEPT:
                if excepted is not None:
                    excepted.append(token)
                elif joined and days:
                    days[-1].append(token)
                else:
                    days.append([token])
                joined = False
            elif token.meaning == "before":
                excepted = []
            else:
                # 周一至周五节假日除外: only what stands next to it, or is joined to that.
                out = excepted if excepted is not None else (days.pop() if days else [])
                selector.leave_out(out, token)
                excepted = None
        for token in (each for group in days for each in group):
            selector.take_in(token)
        if excepted is not None:
            selector.leave_out(excepted, None)

    def _is_joint(self) -> bool:
        at = self._at
        return (
            self._word() is Word.LIST
            and self._tokens[at].meaning == "joined"
            and self._word(1) in _SELECTORS
        )

    def _amend(self, selector: Selector, *, of_last_alone: bool) -> None:
        """Add to what was read what is said after it: 8:00-18:00（节假日除外）."""
        last = self._rules[-1] if self._rules else None
        if last is None or isinstance(last.body, State):
            raise _no_times(selector.text)
        if selector.only_excepts:
            timed = [each for each in self._rules if isinstance(each.body, tuple)]
            if of_last_alone and len(timed) > 1:
                raise HoursNotUnderstoodError(
                    selector.text,
                    zh="只是最后一段除外，还是全部除外？请写明，如 节假日休息",
                    en="left out of the last hours alone, or of all? Say so, as in 节假日休息",
                )
            self._rules = [
                _without(each, selector) if isinstance(each.body, tuple) else each
                for each in self._rules
            ]
            self._close_dates(selector)
        elif self._days_may_follow:
            self._days_may_follow = False
            self._rules[-1] = replace(selector.rule(last.body), text=last.text + selector.text)
            self._close_dates(selector)
        else:
            raise _no_times(selector.text)

    def _close_dates(self, selector: Selector) -> None:
        if selector.without_dates:
            dates = tuple(selector.without_dates)
            self._rules.append(
                Rule(State.CLOSED, dates=dates, days_stated=False, text=selector.text)
            )

    def _body(self, selector: Selector, *, new_clause: bool) -> None:
        token = self._tokens[self._at]
        if token.word in {Word.CLOCK, Word.NUMBER}:
            self._times(selector, new_clause=new_clause)
            return
        self._at += 1
        if token.meaning == "midday":
            self._skip(_SOFT)
            self._cut(self._spans(), token.text)
        elif token.word is Word.ALL_DAY:
            self._all_day(selector, token)
        elif token.word is Word.AS_USUAL:
            self._as_usual(selector, token)
        elif selector.is_empty or selector.only_excepts:
            raise HoursNotUnderstoodError(
                selector.text + token.text,
                zh="请写明是哪些天，如 周日休息",
                en="say on which days, as in 周日休息",
            )
        elif token.word is Word.UNKNOWN:
            self._add(selector, State.UNKNOWN, token.text)
        elif not selector.otherwise:  # what is not stated is closed already
            selector.no_holidays = False
            self._add(selector, State.CLOSED, token.text)

    def _skip(self, words: frozenset[Word]) -> None:
        while self._word() in words:
            self._at += 1

    def _all_day(self, selector: Selector, token: Token) -> None:
        self._skip(frozenset({Word.ALL_DAY}))  # 全天 24小时 says it twice
        if self._word() in {Word.CLOCK, Word.NUMBER}:
            raise HoursNotUnderstoodError(
                token.text + self._tokens[self._at].text,
                zh="既写了全天，又写了几点，请只留一个",
                en="all day and times as well; leave one of them",
            )
        self._add(selector, ALL_DAY, token.text)

    def _times(self, selector: Selector, *, new_clause: bool) -> None:
        begin = self._at
        spans = self._spans()
        text = self._text_since(begin)
        if self._word() is Word.CLOSED:
            # 8:00-18:00，12:00-14:00休息: the last stretch is cut out of those before it.
            text += self._take().text
            if len(spans) > 1:
                self._add(selector, in_order(spans[:-1], text), text)
            elif not selector.is_empty:
                raise _contradiction(selector.text + text)
            self._cut(spans[-1:], text)
            return
        last = self._rules[-1] if self._rules else None
        if new_clause and selector.is_empty and last is not None and isinstance(last.body, tuple):
            self._rules[-1] = replace(last, body=in_order([*last.body, *spans], text))
            return
        self._add(selector, in_order(spans, text), text)

    def _cut(self, spans: Sequence[Span], text: str) -> None:
        last = self._rules[-1] if self._rules else None
        if last is None or isinstance(last.body, State) or len(spans) != 1:
            raise _contradiction(text)
        ((start, end),) = spans
        kept: list[Span] = []
        for since, until in last.body:
            if since < start and end < until:
                kept.extend([(since, start), (end, until)])
            else:
                kept.append((since, until))
        if len(kept) == len(last.body):
            raise _contradiction(text)
        self._rules[-1] = replace(last, body=tuple(kept))

    def _add(self, selector: Selector, body: Body, text: str) -> None:
        self._days_may_follow = selector.is_empty
        rule = selector.rule(body)
        self._rules.append(replace(rule, text=rule.text + text))
        self._close_dates(selector)

    def _as_usual(self, selector: Selector, token: Token) -> None:
        """Take 节假日照常 as no exception, and 周末照常 as the hours given before."""
        timed = [each for each in self._rules if isinstance(each.body, tuple)]
        if selector.on_holidays or selector.is_empty:
            self._usual_on_holidays = True
        if selector.days is None and not selector.dates:
            return
        if len(timed) != 1:
            raise HoursNotUnderstoodError(
                selector.text + token.text,
                zh="照常是照哪一个时间？请写出几点到几点",
                en="as usual, but as which? Write the times",
            )
        selector.on_holidays = False
        self._add(selector, timed[0].body, token.text)

    def _spans(self) -> list[Span]:
        spans = [self._span()]
        while True:
            ahead = 0
            while self._word(ahead) is Word.LIST:
                ahead += 1
            if self._word(ahead) not in {Word.CLOCK, Word.NUMBER}:
                return spans
            self._at += ahead
            spans.append(self._span())

    def _span(self) -> Span:
        begin = self._at
        if self._word() not in {Word.CLOCK, Word.NUMBER}:
            raise _no_times(self._text_since(begin - 1) if begin else "")
        first = self._take()
        if self._word() is Word.TO:
            self._at += 1
        elif not self._is_told_pair(first):
            raise HoursNotUnderstoodError(
                first.text,
                zh="只有一个时刻。请写起止时间，如 8:00-18:00",
                en="a single time; give a beginning and an end, as in 8:00-18:00",
            )
        last = self._take() if self._word() in {Word.CLOCK, Word.NUMBER} else None
        shown = self._text_since(begin)
        start, end = _ends(first, last)
        if start is None or end is None:
            raise HoursNotUnderstoodError(
                shown,
                zh="时间请写成 8:00-18:00 或 8点-18点",
                en="write times as 8:00-18:00 or 8点-18点",
            )
        return span_of(start, end, by_24_hours=self._by_24_hours, shown=shown)

    def _is_told_pair(self, first: Token) -> bool:
        """Whether 早8晚6 stands here: two times, each with its part of the day."""
        if self._word() is not Word.CLOCK or first.word is not Word.CLOCK:
            return False
        pair = (first, self._tokens[self._at])
        return all(cast("Clock", each.meaning).part_of_day for each in pair)

    def _text_since(self, begin: int) -> str:
        return "".join(each.text for each in self._tokens[begin : self._at])


def _ends(first: Token, last: Token | None) -> tuple[Clock | None, Clock | None]:
    """Return both ends of a stretch; a bare number is a time beside one that is told (8-18点)."""
    start, end = first.meaning, last.meaning if last is not None else None
    if isinstance(start, int) and isinstance(end, Clock) and not end.with_colon and start <= 24:
        start = Clock(start, 0)
    if isinstance(end, int) and isinstance(start, Clock) and start.bare and end <= 24:
        end = Clock(end, 0)
    return (
        start if isinstance(start, Clock) else None,
        end if isinstance(end, Clock) else None,
    )


def _without(rule: Rule, selector: Selector) -> Rule:
    days = rule.days - selector.without
    if rule.days and not days:
        raise HoursNotUnderstoodError(
            selector.text, zh="除去以后一天也不剩", en="that leaves no day at all"
        )
    return replace(
        rule,
        days=days,
        days_stated=rule.days_stated or bool(selector.without),
        no_holidays=rule.no_holidays or selector.no_holidays,
    )


def _no_times(shown: str) -> HoursNotUnderstoodError:
    return HoursNotUnderstoodError(
        shown,
        zh="没有写几点到几点，或休息",
        en="neither times nor a word for closed (休息)",
    )


def _contradiction(shown: str) -> HoursNotUnderstoodError:
    return HoursNotUnderstoodError(
        shown,
        zh="写了时间，又写休息，不清楚。午休请写成 8:00-12:00、14:00-18:00",
        en="times and a word for closed; write a midday break as 8:00-12:00、14:00-18:00",
    )
