"""Names sound as pypinyin reads them, but for what those who live there know better."""

from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin

from geo_service.domain.pinyin import initials_of, pinyin_of, syllables
from geo_service.persistence.dataset import read_dataset
from geo_service.settings import PROJECT

LOCALLY = {"漯河", "召陵"}


def _names(folder: Path) -> set[str]:
    dataset = read_dataset(folder)
    names = [each.name for each in dataset.stations] + [each.name for each in dataset.claims]
    units = [*dataset.townships, *dataset.counties]
    return {*names, *(each.name for each in units)}


def test_the_names_of_the_shipped_register_sound_as_pypinyin_reads_them() -> None:
    names = {
        name
        for name in _names(PROJECT / "data" / "stations")
        if not any(each in name for each in LOCALLY)
    }

    assert len(names) > 200
    for name in names:
        han = "".join(sign for sign in name if "\u4e00" <= sign <= "\u9fff")
        assert " ".join(syllables(han)) == " ".join(lazy_pinyin(han, style=Style.NORMAL)), name


@pytest.mark.parametrize("text", ["重庆路银行", "音乐厅", "女厕所", "绿城", "北京市西城区", "长垣"])
def test_words_that_are_read_otherwise_than_their_characters_are_known(text: str) -> None:
    assert list(syllables(text)) == lazy_pinyin(text, style=Style.NORMAL)


@pytest.mark.parametrize(
    ("text", "sound"), [("漯河市", "luo he shi"), ("召陵镇", "shao ling zhen")]
)
def test_local_readings_come_before_the_dictionary(text: str, sound: str) -> None:
    assert pinyin_of(text) == sound


def test_letters_and_digits_sound_as_they_are_written() -> None:
    assert syllables("Ｂ区 爱心驿站-012（东）") == (
        "b",
        "qu",
        "ai",
        "xin",
        "yi",
        "zhan",
        "012",
        "dong",
    )


def test_initials_keep_digits_whole() -> None:
    assert initials_of("爱建站 12") == "ajz12"


def test_a_text_without_sound_has_no_syllables() -> None:
    assert (syllables("—（）"), pinyin_of(""), initials_of("")) == ((), "", "")
