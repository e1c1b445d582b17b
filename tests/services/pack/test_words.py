"""Every figure that leaves the house has words, in both languages."""

import re
from dataclasses import replace

import pytest

from geo_service.domain.survey import Level
from geo_service.services.exporting import answer_totals, csv_text, unit_rows
from geo_service.services.notes import Language
from geo_service.services.pack.columns import COLUMNS, columns_of
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.tables import tables
from geo_service.services.pack.words import WORDS


@pytest.mark.parametrize("level", Level)
def test_every_key_of_a_row_has_words(pack_of_demand: Contents, level: Level) -> None:
    answer = pack_of_demand.answers[level]
    keys = set(answer_totals(answer)).union(*unit_rows(answer))

    assert keys - set(COLUMNS) == set()


def test_a_key_that_nobody_worded_is_written_all_the_same() -> None:
    [column] = columns_of(["brand_new"])

    assert column.heading("zh") == "brand_new"


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    for key, text in WORDS["zh"].items():
        assert set(re.findall("{(.*?)}", text)) == set(re.findall("{(.*?)}", WORDS["en"][key])), key


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_columns_of_a_table_have_one_heading(pack: Contents, language: Language) -> None:
    for table in tables(replace(pack, language=language)):
        headings = [column.heading(pack.language) for column in table.columns]
        assert len(set(headings)) == len(headings)


def test_a_chinese_table_has_no_english_reasons(pack: Contents) -> None:
    rows = [row for table in tables(pack)[:3] for row in table.rows()]

    said = csv_text({"missing": row["missing"], "notes": row["notes"]} for row in rows)
    assert not re.findall(r"[a-z]{4,}", said.partition("\n")[2])
