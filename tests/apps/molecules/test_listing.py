"""A result as a list: what is in it, narrowed and ordered."""

from __future__ import annotations

import math

import pytest

from apps.molecules.listing import ADMET, ALERTS, ORDER, SIMILARITY, Listing, column_of, narrow, number, ordered
from apps.molecules.molecule import Molecule
from apps.molecules.tasks import MoleculesResult
from shared.context import Context
from shared.files import MemoryStore
from tests.apps.molecules.made import CELECOXIB, SMILES, analogs, generated, made


class Request:
    count, admet, hit, endpoints = 4, False, CELECOXIB, "all"


@pytest.fixture
def context() -> Context:
    from shared.serving import default_engine

    return Context(default_engine(), seed=0, store=MemoryStore())


def test_kept_ones_come_first_and_every_one_once(context: Context) -> None:
    listing = Listing.of(generated(Request(), context))
    assert [entry.id for entry in listing] == ["m1", "m2", "m3", "m4", "r1", "r2"]
    assert [len(listing.scope(scope)) for scope in ("kept", "rejected", "all")] == [4, 2, 6]
    assert listing.find("r2") is listing.entries[5] and listing.find("nothing") is None
    assert not listing.has_admet and not any(name.startswith(ADMET) for name in listing.columns)


def test_a_scored_molecule_that_fails_a_filter_is_listed_once(context: Context) -> None:
    molecules = [made(1, SMILES[0]), made(2, SMILES[1], rejected=["MW 381.38 fails MW<=300"])]
    base = generated(Request(), context)
    result = MoleculesResult(molecules=molecules, rejected=molecules[1:], preview=base.preview, sdf=base.sdf, csv=base.csv)
    listing = Listing.of(result)
    assert [entry.kept for entry in listing] == [True, False]


def test_columns_are_those_that_have_a_value(context: Context) -> None:
    columns = Listing.of(analogs(Request(), context)).columns
    assert list(columns)[:3] == [ORDER, SIMILARITY, "MW"]
    assert sum(name.startswith(ADMET) for name in columns) == 41
    assert column_of("MW").title == "MW (g/mol)" and column_of("rotatable_bonds").label == "Rotatable bonds"
    assert all(column_of(name).label for name in columns)


def test_the_hit_is_an_entry_of_its_own(context: Context) -> None:
    listing = Listing.of(analogs(Request(), context))
    assert listing.hit is not None and listing.hit.label == "Hit" and listing.find("hit") is listing.hit
    assert listing.hit not in listing.entries


def test_limits_are_included_and_what_has_no_figure_does_not_pass(context: Context) -> None:
    listing = Listing.of(generated(Request(), context))
    low, high = listing.bounds("MW") or (0, 0)
    assert len(narrow(listing, {"MW": (low, high)})) == 5  # all but the one without figures
    assert [entry.molecule.row for entry in narrow(listing, {"MW": (low, low)})] == [1, 2]
    assert narrow(listing, {"MW": (low, high), "QED": (2, 3)}) == []
    assert listing.bounds("similarity") is None


def test_order_is_stable_and_missing_values_come_last(context: Context) -> None:
    entries = list(Listing.of(generated(Request(), context)))
    for high_first in (True, False):
        values = [entry.value("MW") for entry in ordered(entries, "MW", high_first=high_first)]
        assert values[-1] is None
        assert values[:-1] == sorted(filter(None, values), reverse=high_first)
    assert [entry.id for entry in ordered(entries, "MW", high_first=False)][:2] == ["m1", "r1"]  # equal: in their own order


def test_values_that_are_no_numbers_count_as_missing() -> None:
    molecule = Molecule(row=1, smiles="C", properties={"MW": math.nan, "logP": 1.0})
    base = Listing((), None)
    assert base.bounds("MW") is None
    from apps.molecules.listing import Entry

    entry = Entry("m1", 1, molecule)
    assert entry.value("MW") is None and entry.value("logP") == 1.0 and entry.value(ALERTS) == 0.0
    assert entry.label == "No. 1"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-0.31, 2, "\N{MINUS SIGN}0.31"), (0.0, 0, "0"), (-0.2, 0, "0"), (381.377, 2, "381.38"), (12345.6, 2, "12346"), (3.0, 0, "3")],
)
def test_numbers_are_written_as_a_chemist_does(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text
