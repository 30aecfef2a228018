"""What a body may be: units, limits, contradictions, and the size tables as a starting point."""

from __future__ import annotations

import math

import pytest

from apps.design.patterns.measurements import MEASUREMENTS, complete, read
from apps.design.patterns.sizes import row, sizes
from shared.errors import BadInput


def refused(values: dict[str, float], unit: str = "mm") -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(values, unit)
    return caught.value


def test_units_come_out_in_millimetres() -> None:
    assert read({"chest_girth": 96.5}, "cm") == {"chest_girth": 965.0}
    assert read({"chest_girth": 38}, "inch")["chest_girth"] == pytest.approx(965.2)


def test_inches_given_as_centimetres_are_recognised() -> None:
    error = refused({"chest_girth": 38}, "cm")
    assert error.field == "chest_girth"
    assert "38 cm is outside 65 cm to 160 cm" in error.message
    assert "38 in = 965 mm" in error.remedy and "set the unit to inch" in error.remedy


def test_centimetres_given_as_inches_are_recognised() -> None:
    assert "96 cm = 960 mm" in refused({"chest_girth": 96}, "inch").remedy


def test_centimetres_given_as_millimetres_are_recognised() -> None:
    assert "72 cm = 720 mm" in refused({"waist_girth": 72}).remedy


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_cm_and_inch_are_never_both_plausible_for_the_girths_that_are_required(name: str) -> None:
    known = MEASUREMENTS[name]
    if name in ("chest_girth", "hip_girth"):
        assert known.high_mm / known.low_mm < 2.54
    assert known.low_mm < known.high_mm and known.how


@pytest.mark.parametrize("value", [0, -900, 1e9, -1e300, math.inf, math.nan, True, "wide", None])
def test_what_is_no_length_of_a_body_is_refused_with_the_limits(value: object) -> None:
    error = refused({"chest_girth": value})  # type: ignore[dict-item]
    assert error.field == "chest_girth"
    assert "650 mm to 1,600 mm" in str(error) and error.remedy.endswith(".")
    assert len(str(error)) < 300


def test_an_unknown_measurement_and_an_unknown_unit_are_refused() -> None:
    assert "chest_girth" in refused({"bust": 900}).remedy
    assert "mm, cm, inch" in refused({"chest_girth": 900}, "feet").message


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"chest_girth": 1500, "waist_girth": 560}, ("waist girth", "chest girth")),
        ({"chest_girth": 800, "neck_girth": 580}, ("neck base girth", "chest girth")),
        ({"scye_depth": 335, "back_waist_length": 320, "chest_girth": 900}, ("scye depth", "back waist length")),
        ({"upper_arm_girth": 195, "wrist_girth": 275, "chest_girth": 900}, ("wrist girth", "upper arm girth")),
    ],
)
def test_contradictions_name_both_measurements(values: dict[str, float], names: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="contradict each other") as caught:
        complete(values)
    assert all(name in caught.value.message.lower() for name in names)
    assert caught.value.field in values


def test_one_given_against_the_table_says_so() -> None:
    with pytest.raises(BadInput, match="size table's"):
        complete({"waist_girth": 700, "upper_arm_girth": 590}, needs=("waist_girth",))


def test_a_waist_wider_than_the_hips_is_a_remark_not_an_error() -> None:
    body = complete({"chest_girth": 1100, "waist_girth": 1150, "hip_girth": 1080}, table="men")
    assert len(body.notes) == 1 and "wider than the hips" in body.notes[0]


def test_what_is_not_measured_comes_from_the_row_of_the_chest_and_is_named() -> None:
    body = complete({"chest_girth": 880}, needs=("chest_girth",))
    assert body["waist_girth"] == 720 and body["scye_depth"] == 210
    assert "chest_girth" not in body.assumed and "scye_depth" in body.assumed


def test_a_missing_girth_is_asked_for() -> None:
    with pytest.raises(BadInput, match="chest girth is missing"):
        complete({"hip_girth": 1000}, needs=("chest_girth",))
    with pytest.raises(BadInput, match="Neither a size nor a girth"):
        complete({})


@pytest.mark.parametrize("table", ["women", "men"])
def test_every_size_is_a_body_within_the_limits_and_grows(table: str) -> None:
    bodies = [complete({}, table=table, size=size) for size in sizes(table)]
    for body in bodies:
        read(body.values_mm)
    numbered = [body for body in bodies if body.size.isdigit()]
    for name in MEASUREMENTS:
        values = [body[name] for body in numbered]
        assert values == sorted(values) and values[0] < values[-1]


def test_women_have_eu_34_to_54() -> None:
    assert [size for size in sizes("women") if size.isdigit()] == [str(size) for size in range(34, 56, 2)]
    assert row("women", "38")["chest_girth"] == 880
    assert row("men", "xl")["chest_girth"] == 1140


@pytest.mark.parametrize(("table", "size"), [("women", "12"), ("children", "38"), ("men", "34")])
def test_unknown_tables_and_sizes_list_the_known_ones(table: str, size: str) -> None:
    with pytest.raises(BadInput, match=r"Choose (one of|women or men)"):
        row(table, size)
