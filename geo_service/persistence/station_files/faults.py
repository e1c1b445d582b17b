"""What is wrong with a file of stations, cell by cell, said in Chinese and in English."""

from dataclasses import dataclass
from typing import Any, Final, Literal, Self

Language = Literal["zh", "en"]

LONGEST_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both languages."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the sentence in one of them."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        """Say it in English, as the command line does."""
        return self.en


class UnfitError(Exception):
    """A cell, or a file, that cannot be taken; says what is expected instead."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Said(zh, en)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One thing wrong with a file (or worth knowing), and the cell it stands in.

    ``row`` counts as a spreadsheet does, in GeoJSON the features from 1; ``column`` is the letter
    over the column, ``header`` what its first cell says, ``field`` the name of what it holds.
    """

    file: str
    expected: Said
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    field: str | None = None
    value: str | None = None

    def where(self, language: Language) -> str:
        """Say where in the file it stands."""
        zh = language == "zh"
        said = [self.file]
        if self.sheet is not None:
            said.append(f"工作表“{self.sheet}”" if zh else f"sheet “{self.sheet}”")
        if self.row is not None:
            said.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.column is not None:
            said.append(f"{self.column} 列" if zh else f"column {self.column}")
        if self.header is not None:
            said.append(f"“{self.header}”")
        return ("，" if zh else ", ").join(said)

    def said(self, language: Language) -> str:
        """Say all of it in one line."""
        shown = "" if self.value is None else f" {self.value!r}"
        colon = "：" if language == "zh" else ":"
        space = "" if language == "zh" and not shown else " "
        return f"{self.where(language)}{colon}{shown}{space}{self.expected.in_(language)}"

    def __str__(self) -> str:
        """Say it in English."""
        return self.said("en")

    def written(self) -> list[Any]:
        """Return it as JSON holds it."""
        return [
            *(self.file, self.expected.zh, self.expected.en, self.sheet, self.row),
            *(self.column, self.header, self.field, self.value),
        ]

    @classmethod
    def read(cls, written: list[Any]) -> Self:
        """Return what ``written`` wrote."""
        file, zh, en, sheet, row, column, header, field, value = written
        return cls(
            file=file,
            expected=Said(zh, en),
            sheet=sheet,
            row=row,
            column=column,
            header=header,
            field=field,
            value=value,
        )


def shown(value: str) -> str:
    """Return text as a fault shows it: not too long, and nothing that moves a cursor."""
    clipped = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in clipped)
