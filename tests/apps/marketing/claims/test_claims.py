"""One row per kind of claim: what a sentence says of the sheet, and what the checker has to say of it."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims, coverage, refusals
from apps.marketing.sheet import Fact, Sheet

BOTTLE = Sheet(
    name="Aquila Flask",
    brand="Aquila",
    category="water bottle",
    audience="commuters",
    offer="20% off until 30 June",
    facts=[
        Fact(key="body material", value="18/8 stainless steel"),
        Fact(key="lid", value="bamboo, leakproof"),
        Fact(key="capacity", value="500 ml"),
        Fact(key="cold retention", value="24 hours", must=True),
        Fact(key="hot retention", value="12 hours"),
        Fact(key="dishwasher safe", value="no"),
        Fact(key="weight", value="310 g"),
        Fact(key="BPA", value="free"),
        Fact(key="recyclable", value="yes"),
        Fact(key="water resistance", value="not waterproof"),
        Fact(key="warranty", value="2 years", must=True),
        Fact(key="colours", value="black, sage green, white"),
        Fact(key="made in", value="Portugal"),
        Fact(key="in the box", value="cleaning brush"),
        Fact(key="price", value="€1.029,50"),
    ],
)
SUPPORTED = {
    "number": ["500 ml to go.", "Half a litre.", "0.5 l", "16.9 fl oz", "Weighs 310 g (10.9 oz)."],
    "qualifier": ["Cold for up to 24 hours.", "Cold for at least 20 hours.", "Cold for nearly 25 hours.", "Hot for over 11 hours."],
    "number word": ["A two-year warranty.", "Twenty-four hours cold, twelve hours hot.", "Three colours.", "24 months of warranty."],
    "locale": ["€1,029.50", "1029,50 €", "EUR 1 029.50"],
    "synonym": [
        "Keeps iced drinks chilled for 24 hours.",
        "Never leaks, thanks to the bamboo lid.",
        "No BPA.",
        "Made without BPA.",
        "Zero BPA.",
    ],
    "entailment": ["A steel body.", "A metal body."],
    "origin": ["Made in Portugal.", "Portuguese made."],
    "offer": ["Save 20% until 30 June.", "20% off until June 30!"],
    "included": ["A cleaning brush is included.", "Comes with a cleaning brush."],
    "negation": ["It is not dishwasher-safe.", "It isn't waterproof."],
    "audience": ["Made for commuters."],
    "phatic": ["Meet the Aquila Flask.", "Shop now!", "Your day, your bottle.", "Discover yours today."],
    "puffery": ["A lovely bottle.", "You'll love it."],
}
CONTRADICTED = {
    "number": ["750 ml to go.", "Weighs 200 g.", "A five-year warranty.", "Four colours."],
    "binding": [
        "18/8 stainless steel lid.",
        "The lid is made of steel.",
        "A bamboo bottle.",
        "Hot for 24 hours.",
        "Hot for 24 hours, cold for 12.",
    ],
    "qualifier": ["Cold for over 24 hours.", "Cold for more than 24 hours.", "Cold for up to 30 hours."],
    "closed class": ["A titanium body.", "Comes in red.", "Made in Italy."],
    "negation": ["Pop it in the dishwasher.", "Fully waterproof.", "Contains BPA.", "It never keeps drinks cold: not recyclable."],
    "offer": ["30% off until 30 June.", "20% off until 15 July."],
    "price": ["Yours for €999."],
}
UNSUPPORTED = {
    "attribute": ["Durable.", "Breathable and lightweight.", "Scratch-resistant.", "Handmade.", "It is so soft.", "An odour-free bottle."],
    "one way": ["Made from recycled steel.", "Water-repellent."],
    "comparison": [
        "The best bottle.",
        "Better than the rest.",
        "The most elegant flask of all.",
        "Lighter than glass.",
        "The world's first.",
    ],
    "effect": ["Boosts your energy.", "Helps you drink more.", "Reduces plastic waste by 80%."],
    "use": ["Perfect for hiking.", "Ideal for the gym.", "Made for toddlers."],
    "certification": ["FDA approved.", "ISO 9001 certified.", "Award-winning."],
    "offer": ["Free shipping.", "Buy one, get one free."],
    "urgency": ["Last chance!", "Only a few left.", "While stocks last."],
    "guarantee": ["A lifetime guarantee.", "Money back if you don't love it."],
    "included": ["Comes with a carrying pouch.", "A straw is included."],
    "compatibility": ["Fits every cup holder.", "Works with Alexa."],
    "negated": ["No phthalates.", "Without PFAS.", "Never needs cleaning."],
    "eco": ["Sustainable.", "Carbon-neutral.", "Drink green ♻️🌱", "⭐⭐⭐⭐⭐"],
    "new": ["A new bottle."],
}
DISGUISED = [
    "Fully w\u0430terproof.",
    "Water\u200bproof through and through.",
    "<b>Dur</b>able",
    "DURABLE!",
    "#durable",
    "#SoDurable",
    "\uff44\uff55\uff52\uff41\uff42\uff4c\uff45",
    "\U0001d41d\U0001d42e\U0001d42b\U0001d41a\U0001d41b\U0001d425\U0001d41e",
    "dur&shy;able",
    "<p>Breathable</p>",
    "Organic&nbsp;steel",
    "防水",
]


def _rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in table.items() for text in texts]


@pytest.fixture(autouse=True)
def _without_lexicon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are of the rules alone; what the lexicon adds has a test of its own."""
    monkeypatch.setitem(__import__("sys").modules, "apps.marketing.lexicon", None)


@pytest.mark.parametrize(("kind", "text"), _rows(SUPPORTED))
def test_what_the_sheet_says_passes(kind: str, text: str) -> None:
    assert check_claims(text, BOTTLE).flagged == []


@pytest.mark.parametrize(("kind", "text"), _rows(CONTRADICTED))
def test_what_the_sheet_denies_is_contradicted(kind: str, text: str) -> None:
    assert "contradicted" in {span.status for span in check_claims(text, BOTTLE).spans}


@pytest.mark.parametrize(("kind", "text"), _rows(UNSUPPORTED))
def test_what_the_sheet_leaves_out_is_flagged(kind: str, text: str) -> None:
    assert check_claims(text, BOTTLE).flagged


@pytest.mark.parametrize("text", DISGUISED)
def test_a_disguised_claim_is_flagged(text: str) -> None:
    assert check_claims(text, BOTTLE).flagged


def test_a_span_names_its_fact() -> None:
    spans = check_claims("Keeps drinks cold for 24 hours.", BOTTLE).spans
    assert {(span.text, span.status) for span in spans} >= {("24 hours", "supported")}
    assert all(span.facts == ["cold retention"] for span in spans)


def test_opinion_is_unsupported_only_when_strict() -> None:
    assert check_claims("A lovely bottle.", BOTTLE).ok
    assert [span.kind for span in check_claims("A lovely bottle.", BOTTLE, strict=True).flagged] == ["puffery"]


def test_coverage_counts_facts_and_not_their_topics() -> None:
    covered = {fact.key: said for fact, said in coverage("Cold for 24 hours. Steel body, with a warranty.", BOTTLE).items()}
    assert covered["cold retention"] and covered["body material"]
    assert not covered["warranty"] and not covered["hot retention"]
    assert list(covered) == [fact.key for fact in BOTTLE.facts]


def test_refusals_are_the_sentences_with_reasons() -> None:
    refused = refusals(check_claims("Cold for 24 hours. Hot for 24 hours! Durable, too.", BOTTLE))
    assert len(refused) == 2
    assert refused[0].startswith("Hot for 24 hours") and "12 hours" in refused[0]
    assert "Durable" in refused[1] and "not in the sheet" in refused[1]


def test_a_regulated_word_needs_a_fact_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lexicon:
        @staticmethod
        def regulated(text: str) -> list[object]:
            at = text.find("lovely")
            return [type("Finding", (), {"span": (at, at + 6), "why": "has to be shown"})()] if at >= 0 else []

    monkeypatch.setitem(__import__("sys").modules, "apps.marketing.lexicon", Lexicon)
    spans = check_claims("A lovely bottle.", BOTTLE).flagged
    assert [(span.text, span.kind, span.why) for span in spans] == [("lovely", "regulated", "has to be shown")]


@pytest.mark.parametrize(
    ("fact", "text", "right"),
    [
        ("1.2 kg", "It weighs 2.6 lb.", True),
        ("1.2 kg", "It weighs 3 lb.", False),
        ("1.5 l", "1500 ml", True),
        ("up to 30 hours", "Up to 30 hours.", True),
        ("up to 30 hours", "30 hours.", False),
        ("at least 50%", "At least 50%.", True),
        ("10-15 hours", "10 to 15 hours.", True),
        ("10-15 hours", "Up to 15 hours.", True),
        ("10-15 hours", "At least 15 hours.", False),
        ("90 minutes", "An hour and a half: 1.5 hours.", True),
        ("2 h 30 min", "Two and a half hours.", True),
        ("-20 °C", "-4 °F", True),
        ("-20 °C", "Down to -30 °C.", False),
        ("60 x 40 x 75 cm (W x D x H)", "60 cm wide and 75 cm high.", True),
        ("60 x 40 x 75 cm (W x D x H)", "75 cm wide.", False),
        ("12 months", "One year.", True),
    ],
)
def test_numbers_are_read_with_units_and_qualifiers(fact: str, text: str, right: bool) -> None:
    sheet = Sheet(name="Probe", facts=[Fact(key="value", value=fact)])
    assert check_claims(text, sheet).ok is right


def test_facts_of_one_key_are_covered_one_by_one() -> None:
    features = [Fact(key="feature", value=value, must=True) for value in ("a built-in strainer", "weighs 350 g", "a carrying loop")]
    sheet = BOTTLE.model_copy(update={"facts": features})
    assert list(coverage("It weighs 350 g.", sheet).values()) == [False, True, False]
    assert list(coverage("A carrying loop, and it weighs 350 g.", sheet).values()) == [False, True, True]
