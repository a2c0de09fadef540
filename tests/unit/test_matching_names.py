"""Normal forms of names: what is the same name, what is not, and that normal forms are stable."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.matching import Party, normalise, score
from topco.matching.knowledge_of_names import _labels, country_code, form_words, forms, words

# Words that normalising treats in a special way, so that what it leaves behind meets again in odd combinations.
ODD = st.sampled_from(
    ["Ltd", "Co.", "Corp", "joint stock", "GmbH", "& Co. KG", "OAO", "PT", "the", "of", "d e", "D.E.", "A.",
     "No.", "no", "II", "IV", "14th", "0", "007", "(P)", "pvt", "S.A.", "de C.V.", "有限公司", "株式会社", "第十四",
     "主", "주식회사", "Intl", "(CETC)", "China Electronics Technology", "ß", "İ", "é", "ﬁ", "L'", "3M",
     "a/s", "1,000", "ｔｈｅ"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BP P.L.C.", "bp plc"),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("Müller & Söhne GmbH", "Muller and Sohne Gesellschaft mit beschränkter Haftung"),
        ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES COMPANY LIMITED"),
        ("OAO Gazprom", "Gazprom OAO"),
        ("Открытое акционерное общество «Газпром»", "ОАО Газпром"),
        ("株式会社東芝", "東芝 (株)"),
        ("(주)삼성전자", "삼성전자 주식회사"),
        ("Ｓｏｎｙ　Ｃｏｒｐ．", "Sony Corporation"),
        ("Grupo Bimbo, S.A.B. de C.V.", "GRUPO BIMBO SAB DE CV"),
        ("Ørsted A/S", "ORSTED AS"),
        ("J. P. Morgan", "JP Morgan"),
        ("Fund No. 2", "Fund Number II"),
        ("China General Nuclear Power Corporation (CGN)*", "China General Nuclear Power Corp"),
        ("AVIC Xi’an Aircraft", "AVIC Xi'an Aircraft"),
        ("中国电子科技集团公司第十四研究所", "中国电子科技集团公司第14研究所"),
        ("D.E. Shaw & Co., L.P.", "D E Shaw LP"),
        ("Intl. Business Machines Corp.", "International Business Machines Corporation"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Institute No. 2", "Institute No. 3"),
        ("BP Exploration (Alpha) Limited", "BP Exploration Limited"),
        ("D E Dixon Trust", "D A Dixon Trust"),
        ("Foo GmbH", "Foo AG"),
        ("Foo Group Limited", "Foo Limited"),
        ("Fund A", "Fund B"),
        ("ガス", "カス"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", "()", "…", "\u0301", "& ."])
def test_no_words(text: str) -> None:
    assert normalise(text).words in ((), ("and",))


def test_a_name_that_is_a_legal_form_keeps_a_word() -> None:
    assert normalise("GmbH").words == ("gmbh",)
    assert normalise("Limited Company").words != ()


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=30), st.lists(st.one_of(ODD, st.text("abz1 ", max_size=4)), max_size=6).map(" ".join))
)
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    name = normalise(text)
    assert normalise(name.text) == name


@pytest.mark.parametrize(
    "piece", ["Deutsche Bank ((((, ", "(a) ", "no ", "Ltd ", "ltd co ", "有限公司", "A.", "株式会社 ", "2 "]
)
def test_a_megabyte_in_one_name(piece: str) -> None:
    long = piece * (1_000_000 // len(piece.encode()))
    assert normalise(long).words
    assert score(Party(normalise(long)), Party(normalise("Deutsche Bank"))).value < 50


def test_no_spelling_stands_for_two_legal_forms() -> None:
    labels = _labels("data/reference/legal-forms.ttl")
    for kinds in (("altLabel", "notation"), ("hiddenLabel",)):
        meant = defaultdict(set)
        for kind in kinds:
            for concept, spellings in labels[kind].items():
                for spelling in spellings:
                    meant[form_words(spelling)].add(concept)
        assert {spelling: concepts for spelling, concepts in meant.items() if len(concepts) > 1} == {}


def test_every_legal_form_is_of_a_sort_and_is_its_own_normal_form() -> None:
    for form in forms().sorts:
        assert forms().sorts[form]
        assert forms().behind[form_words(form)] == form


def test_telling_words_hold_countries_and_no_small_word() -> None:
    assert {"austria", "australia", "alpha", "shanxi", "north"} <= words().telling
    assert not words().telling & words().small


def test_countries_by_code_and_name() -> None:
    assert (country_code("de"), country_code("United Kingdom"), country_code(" uae ")) == ("DE", "GB", "AE")
    assert (country_code("Nowhere"), country_code("")) == (None, None)
