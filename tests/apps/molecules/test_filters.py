from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.molecules.filters import FILTERS, OPERATORS, Condition, needed_alerts, why_rejected
from apps.molecules.properties import PROPERTIES
from apps.molecules.tasks import FilterName, GenerateRequest

DRUG = {"MW": 320.4, "logP": 2.5, "TPSA": 70.0, "QED": 0.8, "SA": 2.5, "HBD": 1.0, "HBA": 5.0, "rotatable_bonds": 4.0, "charge": 0.0}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.sampled_from(list(PROPERTIES)), st.sampled_from(list(OPERATORS)), NUMBERS)
def test_a_condition_is_read_as_it_is_written(name: str, op: str, value: float) -> None:
    condition = Condition(name, op, value)
    assert Condition.parse(str(condition)) == condition
    assert Condition.parse(f" {name}  {op} {value!r}\n") == condition


def refusal(text: str) -> str:
    """What `parse` says against it; "" where it is read."""
    try:
        Condition.parse(text)
    except ValueError as error:
        return str(error)
    return ""


@given(st.text(max_size=150))
def test_any_text_is_a_condition_or_an_error_in_words(text: str) -> None:
    said = refusal(text)
    assert not said or "expected" in said.lower() or "did you mean" in said
    assert len(said) < 3000


@given(st.sampled_from(list(PROPERTIES)), st.sampled_from(list(OPERATORS)), NUMBERS, NUMBERS)
def test_a_reason_never_contradicts_itself(name: str, op: str, value: float, bound: float) -> None:
    """The number that is shown fails the condition too, whatever its rounding."""
    condition = Condition(name, op, bound)
    reasons = why_rejected({name: value}, {}, [], [condition])
    assert bool(reasons) != OPERATORS[op](value, bound)
    if reasons:
        shown = float(reasons[0].split(" ")[1])
        assert not OPERATORS[op](shown, bound)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("QED>=0.6", Condition("QED", ">=", 0.6)),
        ("logp <= 4", Condition("logP", "<=", 4)),
        ("rotatable bonds<8", Condition("rotatable_bonds", "<", 8)),
        ("fsp3 > .3", Condition("Fsp3", ">", 0.3)),
        ("charge==-1", Condition("charge", "==", -1)),
        ("herg <= 0.5", Condition("hERG", "<=", 0.5)),
    ],
)
def test_conditions_as_people_write_them(text: str, condition: Condition) -> None:
    assert Condition.parse(text) == condition


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("logD<3", "did you mean logP? Known: MW, logP, TPSA"),
        ("IC50>=1", "no property is named 'IC50'; Known: MW"),
        ("QED", "a property, one of >=, <=, >, <, ==, and a number are expected, such as QED>=0.6"),
        ("QED=0.6", "did you mean QED==0.6?"),
        ("QED=>0.6", "did you mean QED>=0.6?"),
        ("QED!=1", "one of >=, <=, >, <, == is expected"),
        ("QED>=", "the number is missing"),
        ("QED>=high", "'high' is no number"),
        ("QED>=0,6", "with a point and not a comma"),
        ("MW<nan", "'nan' is no number"),
        ("MW<1e999", "'1e999' is no number"),
        ("QED>=0.6 and MW<3", "'0.6 and MW<3' is no number"),
        ("x" * 5000 + "<1", "is no condition"),
    ],
)
def test_a_wrong_condition_says_what_is_expected(text: str, words: str) -> None:
    assert words in refusal(text)


def test_an_endpoint_needs_a_prediction() -> None:
    condition = Condition.parse("hERG<=0.5")
    assert condition.predicted and not Condition.parse("QED>=0.5").predicted
    assert why_rejected({"hERG": 0.7512}, {}, [], [condition]) == ["hERG 0.75 fails hERG<=0.5"]


def test_the_request_says_it_too() -> None:
    with pytest.raises(ValueError, match="did you mean logP"):
        GenerateRequest(where=["logQ<3"])


def test_every_filter_of_the_requests_is_known() -> None:
    assert set(FILTERS) == set(get_args(FilterName))
    assert needed_alerts(["lipinski", "pains", "chembl"]) == ("pains", "chembl")
    for key in get_args(FilterName):
        assert why_rejected(DRUG, {"pains": [], "brenk": [], "chembl": []}, [key], []) == []


def test_lipinski_allows_one_violation() -> None:
    assert why_rejected({**DRUG, "MW": 600.0}, {}, ["lipinski"], []) == []
    assert why_rejected({**DRUG, "MW": 600.04, "logP": 5.812}, {}, ["lipinski"], []) == [
        "MW 600.04 > 500, logP 5.81 > 5 (Lipinski, 2 violations)"
    ]


def test_veber_and_lead_like_allow_none() -> None:
    assert why_rejected({**DRUG, "rotatable_bonds": 11.0}, {}, ["veber"], []) == ["rotatable_bonds 11 > 10 (Veber)"]
    assert why_rejected({**DRUG, "MW": 200.0}, {}, ["lead-like"], []) == ["MW 200.00 < 250 (lead-like)"]
    for key, bound in (("rotatable_bonds", 10.0), ("TPSA", 140.0)):
        assert why_rejected({**DRUG, key: bound}, {}, ["veber"], []) == []


def test_reasons_in_the_order_asked() -> None:
    found = {"pains": ["catechol_A", "azo_A"], "brenk": []}
    conditions = [Condition.parse("QED>=0.9"), Condition.parse("logP<=4"), Condition.parse("SA<2")]
    assert why_rejected(DRUG, found, ["brenk", "pains", "lipinski"], conditions) == [
        "PAINS: catechol_A, azo_A",
        "QED 0.80 fails QED>=0.9",
        "SA 2.50 fails SA<2",
    ]


def test_an_unknown_filter_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        why_rejected(DRUG, {}, ["ghose"], [])
