"""Looking units up: the same text means another unit on another day, and no answer is a guess."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.place_names import accented_key, ascii_key, normal
from etl.units import UnitIndex
from warehouse.paths import REPOSITORY, DataDir

INDEX = UnitIndex.load(DataDir(REPOSITORY / "data"))
OLD, NEW = date(2025, 3, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("code", "on", "unit_id"),
    [
        ("19432", OLD, "19432-20200101"),  # thị trấn Lao Bảo
        ("19432", NEW, "19432-20250701"),  # xã Lao Bảo
        ("19432", date(2025, 6, 30), "19432-20200101"),
        ("19432", date(2025, 7, 1), "19432-20250701"),
        ("465", OLD, "465-20200101"),
        ("44-STP", NEW, "44-STP-20250701"),
        ("44-CPB", NEW, "44-CPB-20250701"),
        ("19432-20250701", NEW, "19432-20250701"),
        ("19432.0", NEW, "19432-20250701"),
        (" 19432 ", NEW, "19432-20250701"),
        ("06978", NEW, "06970-20250701"),  # Ba Chẽ as printed in Decision 19/2025
    ],
)
def test_a_code_means_the_unit_in_force_on_the_day(code: str, on: date, unit_id: str) -> None:
    found = INDEX.resolve(code=code, on=on)
    assert (found.unit_id, found.reason) == (unit_id, "")


@pytest.mark.parametrize(
    "name",
    [
        "Xã Lao Bảo",
        "xã lao bảo",
        "XÃ LAO BẢO",
        "Xa Lao Bao",
        "  Xã   Lao Bảo ",
        unicodedata.normalize("NFD", "Xã Lao Bảo"),
        "X. Lao Bảo",
        "Lao Bảo",
        "lao bao",
        "UBND xã Lao Bảo",
        "Ủy ban nhân dân xã Lao Bảo",
        "Uỷ ban nhân dân xã Lao Bảo",
        "UBND X.Lao Bảo",
        "Trung tâm Phục vụ hành chính công xã Lao Bảo",
        "TRUNG TAM PHUC VU HANH CHINH CONG XA LAO BAO",
        "TTPVHCC xã Lao Bảo",
        "Bộ phận Tiếp nhận và Trả kết quả xã Lao Bảo",
        "Bộ phận Một cửa UBND xã Lao Bảo",
        "Văn phòng HĐND và UBND xã Lao Bảo",
        "Xã Lao Bảo, tỉnh Quảng Trị",
        "UBND xã Lao Bảo - tỉnh Quảng Trị",
        "UBND xã Lao Bảo tỉnh Quảng Trị",
        "Xã Lao Bảo (Quảng Trị)",
    ],
)
def test_a_name_is_understood_however_it_is_written(name: str) -> None:
    assert INDEX.resolve(name=name, on=NEW, province_code="44").unit_id == "19432-20250701"
    assert INDEX.resolve(name=name, on=NEW).unit_id == "19432-20250701"


@pytest.mark.parametrize(
    ("name", "unit_id"),
    [
        ("Phường 4", "19345-20200101"),
        ("P.4", "19345-20200101"),
        ("P4", "19345-20200101"),
        ("TT Lao Bảo", "19432-20200101"),
        ("TT. Lao Bảo", "19432-20200101"),
        ("UBND TP Đông Hà", "461-20200101"),
        ("UBND TP. Đông Hà", "461-20200101"),
        ("TX Quảng Trị", "462-20200101"),
        ("UBND huyện Hướng Hoá", "465-20200101"),
        ("H. Đakrông", "467-20200101"),  # the list writes "Đa Krông"
        ("Công an thị trấn Lao Bảo", "45-CA-19432-20200101"),
        ("Chi nhánh Văn phòng đăng ký đất đai Hướng Hoá", "45-VPDK-465-20200101"),
    ],
)
def test_old_names_mean_old_units(name: str, unit_id: str | None) -> None:
    assert INDEX.resolve(name=name, on=OLD, province_code="45").unit_id == unit_id


def test_the_tone_may_sit_on_either_vowel() -> None:
    assert (
        INDEX.resolve(name="Phường Thuỷ Xuân", on=NEW).unit_id == INDEX.resolve(name="Phường Thủy Xuân", on=NEW).unit_id
    )
    assert INDEX.resolve(name="Phường Thủy Xuân", on=NEW).unit_id is not None


def test_accents_decide_between_communes_that_differ_by_them_alone() -> None:
    found = [INDEX.resolve(name=name, on=NEW, province_code="82").unit_id for name in ("Phường Mỹ Tho", "Xã Mỹ Thọ")]
    assert found == ["28261-20250701", "30076-20250701"]
    bare = INDEX.resolve(name="my tho", on=NEW, province_code="82")
    assert (bare.unit_id, bare.reason) == (None, "ambiguous")


def test_a_name_shared_by_several_units_is_ambiguous_until_the_place_above_is_given() -> None:
    found = INDEX.resolve(name="Xã Tân Thành", on=OLD)
    assert (found.unit_id, found.reason) == (None, "ambiguous")
    assert {"18919-20200101", "19456-20200101"} < set(found.candidates)
    within = INDEX.resolve(name="Xã Tân Thành", on=OLD, province_code="44")
    assert set(within.candidates) == {"18919-20200101", "19456-20200101"}  # today's 44 is Quảng Bình and Quảng Trị
    assert "Huyện Hướng Hóa" in within.hint
    for name in ("Xã Tân Thành, huyện Hướng Hóa", "Xã Tân Thành huyện Hướng Hóa", "Tân Thành (Hướng Hoá)"):
        assert INDEX.resolve(name=name, on=OLD, province_code="44").unit_id == "19456-20200101", name


def test_the_two_communes_called_yen_lang_are_told_apart_by_province() -> None:
    assert INDEX.resolve(name="Xã Yên Lãng", on=NEW).reason == "ambiguous"
    assert INDEX.resolve(name="Xã Yên Lãng", on=NEW, province_code="25").unit_id == "08773-20250701"
    assert INDEX.resolve(name="Xã Yên Lãng", on=NEW, province_code="01").unit_id == "08980-20250701"
    assert INDEX.resolve(name="Xã Yên Lãng, Thành phố Hà Nội", on=NEW).unit_id == "08980-20250701"


def test_an_agency_named_without_its_province_is_not_taken_for_the_only_one_listed() -> None:
    assert INDEX.resolve(name="Sở Tư pháp", on=NEW).reason == "ambiguous"
    assert INDEX.resolve(name="Sở Tư pháp", on=NEW, province_code="44").unit_id == "44-STP-20250701"
    assert INDEX.resolve(name="Sở Tư pháp tỉnh Quảng Trị", on=NEW).unit_id == "44-STP-20250701"
    assert INDEX.resolve(name="Sở Tư pháp tỉnh Nghệ An", on=NEW).unit_id is None


def test_a_unit_that_has_ended_names_its_successors() -> None:
    whole = INDEX.resolve(name="Thị trấn Lao Bảo", on=NEW)
    assert (whole.unit_id, whole.reason, whole.candidates) == (None, "not_in_force", ("19432-20250701",))
    assert "Xã Lao Bảo" in whole.hint
    split = INDEX.resolve(name="Thị trấn Lai Uyên", on=NEW)
    assert (split.reason, split.candidates) == ("not_in_force", ("25819-20250701", "25822-20250701"))
    district = INDEX.resolve(code="465", on=NEW)
    assert (district.reason, district.candidates) == ("not_in_force", ())


def test_a_unit_that_does_not_exist_yet_names_whom_it_was_formed_from() -> None:
    found = INDEX.resolve(name="Đặc khu Cồn Cỏ", on=OLD)
    assert (found.reason, found.candidates) == ("not_in_force", ("471-20200101",))


def test_both_names_of_a_changed_commune_mean_the_one_body() -> None:
    for name in ("Xã Trảng Bom", "Phường Trảng Bom"):
        assert INDEX.resolve(name=name, on=NEW).unit_id == "26248-20250701"
    assert INDEX.unit("26248-20250701", date(2026, 1, 1)).full_name == "Xã Trảng Bom"
    assert INDEX.unit("26248-20250701").full_name == "Phường Trảng Bom"


def test_a_code_counts_before_a_name_and_a_name_that_differs_is_reported() -> None:
    found = INDEX.resolve(code="19432", name="Thị trấn Lao Bảo", on=NEW)
    assert (found.unit_id, found.name_differs) == ("19432-20250701", True)
    assert not INDEX.resolve(code="19432", name="UBND xã Lao Bảo", on=NEW).name_differs
    assert not INDEX.resolve(code="19456", name="Xã Tân Thành", on=OLD).name_differs
    by_name = INDEX.resolve(code="H44.12", name="Xã Lao Bảo", on=NEW)
    assert (by_name.unit_id, by_name.by) == ("19432-20250701", "name")


def test_four_digits_are_a_commune_code_that_lost_its_zero_and_three_are_never_guessed() -> None:
    assert (INDEX.resolve(code="4321", on=OLD).unit_id, INDEX.resolve(code="4321", on=OLD).is_repaired) == (
        "04321-20200101",
        True,
    )
    assert INDEX.resolve(code="103", on=NEW).unit_id is None


@pytest.mark.parametrize(
    ("code", "name"), [(None, None), ("", ""), ("99999", None), (None, "Nguyễn Văn A"), ("x", "y")]
)
def test_what_names_no_unit_is_unknown(code: str | None, name: str | None) -> None:
    found = INDEX.resolve(code=code, name=name, on=NEW, province_code="44")
    assert (found.unit_id, found.reason, found.candidates) == (None, "unknown", ())


@pytest.mark.parametrize(
    ("items", "era"),
    [
        ([("19432", "Xã Lao Bảo"), ("19624", None)], "2tier"),
        ([("19432", "Thị trấn Lao Bảo")], "3tier"),
        ([("19432", "Lao Bảo")], "unknown"),
        ([("19432", None)], "unknown"),
        ([("465", None), ("19432", None)], "3tier"),
        ([(None, "UBND huyện Hướng Hóa")], "3tier"),
        ([(None, "Đặc khu Cồn Cỏ")], "2tier"),
        (["19456"], "3tier"),  # xã Tân Thành: its code was not used again
        ([("44-STP", None)], "unknown"),
        ([("19432", "Thị trấn Lao Bảo"), ("19624", "Xã Triệu Phong")], "mixed"),
        (["19432", "Xã Lao Bảo"], "2tier"),
        (["Thị trấn Lao Bảo, huyện Hướng Hóa"], "3tier"),
        (["chữ lạ"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_era_of_a_file_is_that_in_which_all_its_units_exist(
    items: list[str | tuple[str, str | None]], era: str
) -> None:
    assert INDEX.era_of(items) == era


def test_a_mixed_file_can_show_what_speaks_for_each_era() -> None:
    assert INDEX.era_witnesses(["Thị trấn Lao Bảo", "Đặc khu Cồn Cỏ", "19432"]) == (
        ["Thị trấn Lao Bảo"],
        ["Đặc khu Cồn Cỏ"],
    )


PLACES = [version for versions in INDEX._versions.values() for version in versions if version.kind == "place"]
OFFICES = st.sampled_from(["", "UBND ", "Ủy ban nhân dân ", "Trung tâm Phục vụ hành chính công "])
SPELLINGS = st.sampled_from(
    [str, str.upper, str.lower, lambda t: unicodedata.normalize("NFD", t), lambda t: t.replace(" ", "  ")]
)


@given(st.sampled_from(PLACES), OFFICES, SPELLINGS)
def test_every_place_is_found_by_its_own_name_or_said_to_be_ambiguous(place, office, spelling) -> None:  # type: ignore[no-untyped-def]
    province = INDEX.unit(place.province_id).code
    found = INDEX.resolve(name=spelling(office + place.full_name), on=place.valid_from, province_code=province)
    assert place.unit_id == found.unit_id or place.unit_id in found.candidates
    assert found.reason in ("", "ambiguous")


@given(st.sampled_from(PLACES))
def test_every_place_is_found_by_its_code_on_its_first_and_last_day_only(place) -> None:  # type: ignore[no-untyped-def]
    assert INDEX.resolve(code=place.code, on=place.valid_from).unit_id == place.unit_id
    assert INDEX.resolve(code=place.code, on=date(2019, 12, 31)).reason == "not_in_force"
    if place.valid_to:
        assert INDEX.resolve(code=place.unit_id, on=place.valid_to).unit_id in (None, place.unit_id)


@given(st.text())
@example("|")
def test_any_text_gets_an_answer_and_its_keys_are_stable(text: str) -> None:
    INDEX.resolve(code=text, name=text, on=NEW)
    assert normal(normal(text)) == normal(text)
    assert accented_key(accented_key(text)) == accented_key(text)
    assert ascii_key(ascii_key(text)) == ascii_key(text)
