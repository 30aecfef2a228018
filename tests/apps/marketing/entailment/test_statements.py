"""A sheet as statements, and which of them a sentence is held against."""

from __future__ import annotations

from apps.marketing.entailment.statements import SHOWN, chosen, overlap, statements
from apps.marketing.reading import example


def test_a_sheet_states_its_facts_and_what_it_is() -> None:
    told = statements(example("furniture"))
    assert told[0] == "Nordholm Alva Desk: height-adjustable desk"
    assert {"brand: Nordholm", "load: 100 kg", "for: people who work at home"} <= set(told)
    assert any(each.startswith("offer: 649 euros") for each in told)


def test_a_number_finds_its_fact_where_embeddings_are_blind() -> None:
    told = ("load: 100 kg", "weight: 47 kg", "noise: below 48 dB")
    assert overlap("It weighs 47 kilos.", told) == [0.0, 2 / 3, 0.0]
    assert chosen("It weighs 47 kilos.", told, [0.3, 0.3, 0.3])[0] == 1


def test_no_more_statements_than_the_network_reads() -> None:
    told = tuple(f"fact {number}: {number} cm" for number in range(40))
    assert len(chosen("It is 3 cm.", told, [0.0] * 40)) == SHOWN
    assert chosen("Anything.", ("a: b",), [0.1]) == [0]
