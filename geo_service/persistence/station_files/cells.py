"""What one cell says, whatever it is kept as: text, a number, a day, words of a list."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from geo_service.persistence.faults import LARGEST_WHOLE, why_unfit
from geo_service.persistence.station_files.faults import Said, UnfitError
from geo_service.persistence.station_files.vocabulary import ANYONE, codes, first_words, meaning_of


class Formula(NamedTuple):
    """A cell that works out its value; what it was when the file was saved, if that is there."""

    value: "Plain"


class Filled(NamedTuple):
    """A cell under the first one of cells merged downwards: what the first one says."""

    value: "Plain"


class Unreadable(NamedTuple):
    """A cell that says nothing that could be taken, why, and what it shows."""

    expected: Said
    shows: str


Plain = str | int | float | bool | date | time | None
Raw = Plain | Formula | Filled | Unreadable
Remark = Callable[[Said], None]

LONGEST_TEXT: Final = 2000

# What stands unseen at the edges of text that was pasted: spaces of all widths, and of none.
_UNSEEN: Final = (
    " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
# As other tables of the service read them, and as Python writes the smallest.
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
# What why_unfit() finds, found sooner.
_CONTROL: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_DAY: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?"
    r"(?:[ T]00?:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_COMPACT_DAY: Final = re.compile(r"[0-9]{8}", re.ASCII)
_SEPARATORS: Final = re.compile(r"[;；、，,/|\n\t]+")
_EPOCH: Final = date(1899, 12, 30)  # day 0 of a spreadsheet, from March 1900 on
_SERIALS: Final = range(32_874, 73_051)  # 1990 to 2099; less might be a year
_EXACT_DIGITS: Final = 1e15  # a spreadsheet keeps no more than 15 digits of a number
_NOT_KNOWN: Final = frozenset({"不详", "未知", "不清楚", "待定", "时间不详"})


def as_text(raw: Plain) -> str:
    """Return what a cell shows, without what stands unseen at its edges."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw.strip(_UNSEEN)
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float):
        whole = raw.is_integer() and abs(raw) < _EXACT_DIGITS
        return str(int(raw)) if whole else repr(raw)
    return raw.isoformat() if isinstance(raw, date | time) else str(raw)


def text(raw: Plain, _: Remark) -> str | None:
    """Read text; an empty cell is None."""
    if isinstance(raw, int | float) and abs(raw) >= _EXACT_DIGITS:
        raise UnfitError(
            "是数字单元格，超过 15 位的数字已经失真；请把该列设为“文本”后重新输入",
            "is a number cell, which keeps 15 digits only: make the column text and type it again",
        )
    value = as_text(raw)
    if len(value) > LONGEST_TEXT:
        raise UnfitError(f"超过 {LONGEST_TEXT} 字", f"is longer than {LONGEST_TEXT} characters")
    if _CONTROL.search(value) is not None:
        raise UnfitError("含有不是文字的控制字符", why_unfit(value) or "holds what is not text")
    return value or None


def required(raw: Plain, remark: Remark) -> str:
    """Read text that must be there."""
    value = text(raw, remark)
    if value is None:
        raise UnfitError("不能为空", "must not be empty")
    return value


def number_as_text(raw: Plain, remark: Remark) -> str | None:
    """Read digits that are no number: a telephone, a code."""
    value = text(raw, remark)
    if isinstance(raw, int | float) and value is not None:
        remark(
            Said(
                "是数字单元格，开头的 0 若有已经丢失；请核对，最好把该列设为“文本”",
                "is a number cell, so leading zeros, if any, are lost: check it",
            )
        )
    return None if value is None else _half_width(value, remark)


def identifier(raw: Plain, remark: Remark) -> str | None:
    """Read what a station is known by; an empty cell is None."""
    value = text(raw, remark)
    if value is None:
        return None
    value = _half_width(value, remark)
    if _CODE.fullmatch(value) is None:
        raise UnfitError(
            "不是有效编号：只能用英文字母、数字、“.”、“_”、“-”，以字母或数字开头，最多 64 个字符",
            "is not an identifier: up to 64 of A-Z, a-z, 0-9, '.', '_' and '-'",
        )
    if value in {"nearest", "queryables"}:
        raise UnfitError(
            "这个编号被服务自己占用", f"is taken: /stations/{value} asks for something else"
        )
    return value


def number_in(
    raw: Plain, remark: Remark, low: float, high: float, *, like: str = "113.953125"
) -> float | None:
    """Read a decimal number between two bounds; an empty cell is None."""
    number = _number(raw, remark, like)
    if number is None:
        return None
    if not low <= number <= high:
        raise UnfitError(
            f"超出范围：应在 {low:.10g} 到 {high:.10g} 之间",
            f"is out of range: {low:.10g} to {high:.10g}",
        )
    return number


def _number(raw: Plain, remark: Remark, like: str) -> float | None:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if not math.isfinite(raw):
            raise _no_number(like)
        return float(raw)
    if isinstance(raw, date | time | bool):
        raise _no_number(like)
    value = _half_width(as_text(raw), remark)
    if not value:
        return None
    if _THOUSANDS.fullmatch(value):
        value = value.replace(",", "")
    if _NUMBER.fullmatch(value) is None:
        raise _no_number(like)
    return float(value)


def _no_number(like: str) -> UnfitError:
    return UnfitError(f"不是数字；请写成 {like} 这样", f"is not a number; write it like {like}")


def whole(raw: Plain, remark: Remark) -> int | None:
    """Read a whole number of 0 or more; an empty cell is None."""
    number = number_in(raw, remark, 0, LARGEST_WHOLE, like="12")
    if number is None:
        return None
    if not number.is_integer():
        raise UnfitError("不是整数", "is not a whole number")
    return int(number)


def day(raw: Plain, remark: Remark) -> date | None:
    """Read a day, from a date cell or from text; an empty cell is None."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool) and raw in _SERIALS:
        found = _EPOCH + timedelta(days=int(raw))
        remark(Said(f"数字 {int(raw)} 按日期读作 {found}", f"the number is the date {found}"))
        return found
    value = _half_width(as_text(raw), remark)
    if not value:
        return None
    try:
        return _day(value)
    except ValueError:
        raise UnfitError(
            "不是日期；请写成 2026-05-01、2026/5/1 或 2026年5月1日",
            "is not a date; write it like 2026-05-01, 2026/5/1 or 2026年5月1日",
        ) from None


def _day(value: str) -> date:
    if _COMPACT_DAY.fullmatch(value):
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    found = _DAY.fullmatch(re.sub(r"\s*([年月日])\s*", r"\1", value))
    if found is None or ("年" in found[0]) != found[0].endswith("日"):
        raise ValueError(value)
    month = next(each for each in found.groups()[1:5] if each is not None)
    return date(int(found[1]), int(month), int(found[6]))


def word(raw: Plain, list_name: str) -> str | None:
    """Read one word of a list and return the code of what it names; an empty cell is None."""
    value = as_text(raw)
    return _known(value, list_name) if value else None


def words(raw: Plain, list_name: str) -> list[str]:
    """Read several words of a list, and return the codes of what they name."""
    given = [each.strip(_UNSEEN) for each in _SEPARATORS.split(as_text(raw))]
    return sorted({_known(each, list_name) for each in given if each})


def groups(raw: Plain) -> list[str] | None:
    """Read for whom a service is: an empty list is anyone, an empty cell is None."""
    found = words(raw, "for")
    if not found:
        return None
    if ANYONE in found and len(found) > 1:
        raise UnfitError(
            "“所有人”不能和别的人群写在一起",
            "anyone stands alone: it cannot be given beside other groups",
        )
    return [] if found == [ANYONE] else found


def _known(value: str, list_name: str) -> str:
    meaning = meaning_of(list_name, value)
    if meaning is None:
        which = "" if len(value) > 40 else f"“{value}”"
        raise UnfitError(
            f"{which}不在可选的词里：{'、'.join(first_words(list_name))}",
            f"{which or 'it'} is not one of {', '.join(codes(list_name))}"
            f" ({'、'.join(first_words(list_name))})",
        )
    return meaning


def hours_words(raw: Plain, remark: Remark) -> str | None:
    """Read what a cell says of hours, not understood yet; empty and not known are None."""
    if isinstance(raw, int | float | date | time):
        raise UnfitError(
            "是数字、日期或时间单元格；请把该列设为“文本”，写成“周一至周五 8:00-18:00”这样",
            "is a number, date or time cell: make the column text, and write Mo-Fr 08:00-18:00",
        )
    value = text(raw, remark)
    return None if value in _NOT_KNOWN else value


def _half_width(value: str, remark: Remark) -> str:
    if value.isascii():
        return value
    half = unicodedata.normalize("NFKC", value)
    if half != value:
        remark(Said(f"全角字符按半角读作 {half}", f"full-width signs are read as {half}"))
    return half
