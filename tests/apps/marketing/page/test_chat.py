"""A conversation: who said what, what each reply rests on, and what was withheld."""

from __future__ import annotations

from apps.marketing.page.chat import Turn, conversation_html
from apps.marketing.page.marking import Facts
from apps.marketing.reading import example
from apps.marketing.results import ChatResult, Span, Withheld
from shared.app import Artifact

MARKUP = "<img src=x onerror=alert(1)>"
NOTHING = Artifact(name="a.md", media_type="text/markdown", size_bytes=1, sha256="0" * 64)


def answer(reply: str, **fields: object) -> ChatResult:
    known = {"tier": "sheet", "written_by": "", "facts": [], "spans": [], "withheld": [], "transcript": NOTHING}
    return ChatResult.model_validate({"reply": reply, **known, **fields})


def test_a_reply_names_its_facts_and_folds_away_what_was_withheld() -> None:
    span = Span(field="reply", index=0, start=10, end=15, text="47 kg", kind="number", status="supported", facts=["weight"])
    result = answer("It weighs 47 kg.", facts=["weight"], spans=[span], withheld=[Withheld(text="It is light.", why="not in the sheet")])
    facts = Facts(example("furniture"))
    html = conversation_html([Turn("user", "Weight?"), Turn("assistant", result.reply, result)], facts, "Alva")
    assert html.index("Weight?") < html.index("47 kg") and f"<sup>{facts.numbers['weight']}</sup>" in html
    assert "weight: 47 kg" in html and "<details" in html and "1 sentence withheld" in html and "no language model" in html


def test_turns_without_a_result_and_a_question_at_work_are_shown() -> None:
    turns = [Turn("assistant", "Earlier."), Turn("user", "And now?", waiting=True)]
    html = conversation_html(turns, Facts(None), "x")
    assert "Earlier." in html and "being answered" in html and "Rests on" not in html
    assert "Rests on no fact" in conversation_html([Turn("assistant", "Hello.", answer("Hello."))], Facts(None), "x")


def test_nothing_said_becomes_markup() -> None:
    result = answer(MARKUP, facts=[MARKUP], withheld=[Withheld(text=MARKUP, why=MARKUP)], tier=MARKUP)
    turns = [Turn("user", f"{MARKUP}\u202e"), Turn("assistant", MARKUP, result), Turn("assistant", MARKUP)]
    html = conversation_html(turns, Facts(None), MARKUP)
    assert "<img" not in html and "\u202e" not in html and html.count('dir="auto"') >= 3
