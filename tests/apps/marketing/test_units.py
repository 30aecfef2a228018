"""Quantities and their conversion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.marketing.units import UNITS, quantities, unit_named


@pytest.mark.parametrize(
    ("text", "dimension", "base"),
    [
        ("300 g", "mass", "0.3"),
        ("0.4kg", "mass", "0.4"),
        ("30-hour battery", "time", "108000"),
        ('16.5" screen', "length", "0.4191"),
        ("5 fl oz", "volume", "0.1478676478125"),
        ("20 \u00b0C", "temperature", "293.15"),
        ("2 mW", "power", "0.002"),
        ("2 MW", "power", "2000000"),
        ("442 kcal", "energy", "1849328"),
        ("512 MB", "data", "512000000"),
        ("512 MiB", "data", "536870912"),
        ("4.5 m\u00b2", "area", "4.5"),
        ("$49.99", "currency $", "49.99"),
        ("49,99 \u20ac", "currency \u20ac", "49.99"),
        ("12 %", "share", "12"),
    ],
)
def test_a_quantity_in_its_base_unit(text: str, dimension: str, base: str) -> None:
    (found,) = quantities(text)
    assert (found.unit.dimension, found.base) == (dimension, Decimal(base))
    assert text[found.start : found.end] == found.text


def test_freezing_and_boiling_agree_in_two_scales() -> None:
    for celsius, fahrenheit in ((0, 32), (100, 212)):
        (one,), (other,) = quantities(f"{celsius} \u00b0C"), quantities(f"{fahrenheit} \u00b0F")
        assert one.base is not None and other.base is not None and abs(one.base - other.base) < Decimal("1e-9")


@pytest.mark.parametrize("text", ["3 in 1", "2-in-1 laptop", "IPX7", "18/8 steel", "in 4 colours", "12 pockets", "v1.2.3 m", "1.2.3 kg"])
def test_what_is_no_quantity(text: str) -> None:
    assert quantities(text) == []


def test_an_ambiguous_number_has_no_base() -> None:
    (found,) = quantities("1.000 g")
    assert found.base is None
    assert quantities("1.000 g", "de")[0].base == 1


def test_case_counts_only_where_it_tells_something() -> None:
    assert unit_named("KG") == UNITS["kg"] and unit_named("mw") is None and unit_named("furlong") is None
