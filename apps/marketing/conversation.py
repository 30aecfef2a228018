"""Questions about a product, answered from its sheet alone.

A language model writes; each sentence is checked as it is completed, and only what the sheet bears is ever shown (grounding.py). Where no
model is here, or nothing of its answer is left, the facts that the question is about are quoted (quoting.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from apps.marketing.asking import MAX_TOKENS, prompt_of
from apps.marketing.composing import spans_of
from apps.marketing.grounding import Grounds, Screened, greets
from apps.marketing.language import SMOLLM2, Completion, Prompt, best_tier, language_models
from apps.marketing.language.configuration import chosen
from apps.marketing.models import QUOTER
from apps.marketing.pipeline import product_of
from apps.marketing.quoting import SILENT, facts_about, lines_of, quoted
from apps.marketing.requests import ChatRequest
from apps.marketing.results import ChatResult, Span, Withheld
from apps.marketing.sentences import sentence_spans
from apps.marketing.sheet import Sheet
from apps.marketing.verifying import check_with
from shared.app import Context, Figure
from shared.errors import BadInput, Cancelled, EngineClosed, SextantError
from shared.serving import Model

__all__ = ["SHEET", "chat_request"]

SHEET = QUOTER.name
"""The tier without a language model."""
CONTEXT_TOKENS = 4096
SMALL_CONTEXT_TOKENS = 2048
_QUOTED = "The sheet quoted, word for word"
_NOTHING_TO_QUOTE = "No fact of the sheet is quoted"
_UNIT_ENDS = re.compile(r"(?<=\d)\s?[A-Za-z]\.(?=\s+[A-Z])")
"""254 g. They: the letter is a unit and no initial, so that its stop ends the sentence."""
_NO_MODEL = "no language model wrote this."
_WITHHELD = "{model} wrote an answer that the sheet does not bear, and it was withheld."
_FOUND_NOTHING = "{model} found no answer, and these are the facts that the question names."


@dataclass
class _Answer:
    """What has passed so far, and what has not. breaks: what stands before each shown sentence."""

    tier: str = SHEET
    written_by: str = ""
    shown: list[Screened] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(gap + each.text for gap, each in zip(self.breaks, self.shown, strict=True))

    @property
    def silent(self) -> bool:
        """Whether it only says that the sheet does not say."""
        return [each.text for each in self.shown] == [SILENT]

    def add(self, gap: str, sentence: str, screened: Screened) -> None:
        """A sentence said twice is said once."""
        if not screened.text:
            self.withheld.append(Withheld(text=sentence, why=screened.why))
        elif all(screened.text != each.text for each in self.shown):
            self.breaks.append(gap if self.shown else "")
            self.shown.append(screened)


def chat_request(request: ChatRequest, context: Context) -> ChatResult:
    """Raises BadInput before any work, and `Cancelled`; a tier that fails is passed over, which a warning says."""
    product = product_of(request)
    sheet, warnings = product.sheet, list(product.warnings)
    grounds = Grounds(sheet, [each.content for each in request.messages if each.role == "user"], check_with(context))
    answer = _written(request, sheet, grounds, context, warnings)
    question = request.messages[-1].content
    if not answer.shown or (answer.silent and grounds.known and facts_about(question, sheet)):
        _quote(answer, question, context.run(QUOTER, (question, sheet)), grounds)
        context.text(answer.text)
    elif conditions := _conditions(answer, sheet):
        answer.add(" ", conditions, grounds.quoted(conditions))
        context.text(answer.text)
    facts = list(dict.fromkeys(key for each in answer.shown for key in each.facts))
    return ChatResult(
        reply=answer.text,
        tier=answer.tier,
        written_by=answer.written_by,
        facts=facts,
        spans=_spans(answer),
        withheld=answer.withheld,
        transcript=context.artifact("conversation.md", _transcript(request, sheet, answer, facts).encode(), "text/markdown"),
        figures=[
            Figure(label="facts it rests on", value=len(facts), unit=f"of {len(sheet.facts)} on the sheet"),
            Figure(label="sentences withheld", value=len(answer.withheld), reference="0: all that was written has its fact"),
        ],
        warnings=warnings,
    )


def _written(request: ChatRequest, sheet: Sheet, grounds: Grounds, context: Context, warnings: list[str]) -> _Answer:
    """By the first tier that does not fail; an empty answer where none is."""
    for model in _tiers(request.model, warnings):
        asked = prompt_of(sheet, request.messages, seed=request.seed, context_tokens=_context_tokens(model))
        answer = _Answer(model.name, f"Written by {model.name}; every sentence was checked against the sheet.")
        try:
            _stream(model, asked.prompt, grounds, answer, context)
        except (Cancelled, EngineClosed):
            raise
        except SextantError as error:
            warnings.append(f"{model.name} failed and was passed over: {error}")
            context.text("")
            continue
        warnings += asked.warnings
        return answer
    return _Answer()


def _tiers(named: str | None, warnings: list[str]) -> Iterator[Model[Prompt, Completion]]:
    """The one that is named, then the others, the best first. SmolLM2, whose text is nonsense, only where it is named."""
    if named == SHEET:
        return
    tried: set[str] = set()
    if named is not None:
        model = _named(named)
        tried.add(model.name)
        if (why := model.why_not()) is None:
            yield model
        else:
            warnings.append(why)
    if chosen() != SMOLLM2.name:
        tried.add(SMOLLM2.name)
    while (model_ := best_tier(besides=tried).model) is not None:
        tried.add(model_.name)
        yield model_


def _named(name: str) -> Model[Prompt, Completion]:
    models = {model.name: model for model in language_models()}
    if name not in models:
        raise BadInput(f"{name!r} writes no answers.", remedy=f"One of: {', '.join([*models, SHEET])}.", field="model")
    return models[name]


def _context_tokens(model: Model[Prompt, Completion]) -> int:
    return SMALL_CONTEXT_TOKENS if model.name == SMOLLM2.name else CONTEXT_TOKENS


def _stream(model: Model[Prompt, Completion], prompt: Prompt, grounds: Grounds, answer: _Answer, context: Context) -> None:
    """Sentence by sentence: what passes is shown at once, what does not is never seen."""
    text, at = "", 0
    context.progress(0, MAX_TOKENS, "word")
    with context.stream(model, prompt) as parts:
        for count, part in enumerate(parts, 1):
            text += part
            context.progress(min(count, MAX_TOKENS), MAX_TOKENS, "word")
            at = _take(text, at, grounds, answer, context, ended=False)
        completion: Completion = parts.result()
    if completion.finish == "length":
        text = _whole_sentences(text)
    _take(text, at, grounds, answer, context, ended=True)


def _take(text: str, at: int, grounds: Grounds, answer: _Answer, context: Context, *, ended: bool) -> int:
    """Screen the sentences that are complete from `at` on; returns where the next one begins.

    A sentence is complete once a word of the next one is: whether a full stop ends it may depend on that word.
    """
    spans = [(at + start, at + end) for start, end in _sentences(text[at:])]
    if not ended and spans:
        last = text[spans[-1][0] :]
        spans = spans[:-1] if len(last.split()) > 1 else spans[:-2]
    for start, end in spans:
        gap = "\n" if "\n" in text[at:start] else " "
        answer.add(gap, text[start:end], grounds.screen(text[start:end]))
        context.text(answer.text)
        at = end
    return at


def _sentences(text: str) -> list[tuple[int, int]]:
    """As `sentence_spans`, which takes the g of `254 g.` for an initial."""
    found = []
    for start, end in sentence_spans(text):
        ends = [match.end() for match in _UNIT_ENDS.finditer(text, start, end)]
        found += [(low + (len(text[low:high]) - len(text[low:high].lstrip())), high) for low, high in pairwise([start, *ends, end])]
    return found


def _whole_sentences(text: str) -> str:
    """Without the sentence that the limit cut."""
    spans = _sentences(text)
    if spans and text[: spans[-1][1]].rstrip("\"'\u201d\u2019)")[-1:] not in (".", "!", "?"):
        return text[: spans[-1][0]]
    return text


def _quote(answer: _Answer, question: str, text: str, grounds: Grounds) -> None:
    """text, the facts that the question is about, as the answer; that there are none; or, of a greeting, what there is to ask."""
    why = _NO_MODEL if answer.tier == SHEET else (_FOUND_NOTHING if answer.silent else _WITHHELD).format(model=answer.tier)
    answer.tier, answer.written_by = SHEET, f"{_QUOTED if text else _NOTHING_TO_QUOTE}: {why}"
    if not text and greets(question):
        text = "Hello! What would you like to know?"
    answer.breaks, answer.shown = [""], [grounds.quoted(text or SILENT)]


def _conditions(answer: _Answer, sheet: Sheet) -> str:
    """The offer word for word, where the answer names a number of it and leaves out another: half an offer misleads."""
    spans = [span for each in answer.shown for span in each.checked.spans]
    if not any(span.kind == "number" and span.facts == ["offer"] for span in spans):
        return ""
    numbers = re.findall(r"\d+", sheet.offer)
    said = re.findall(r"\d+", answer.text)
    return "" if set(numbers) <= set(said) else quoted([fact for fact in lines_of(sheet) if fact.key == "offer"], sheet)


def _spans(answer: _Answer) -> list[Span]:
    """The claims, as each sentence was checked by itself, at their places in the reply."""
    found: list[Span] = []
    at = 0
    for gap, each in zip(answer.breaks, answer.shown, strict=True):
        at += len(gap)
        found += [span.model_copy(update={"start": span.start + at, "end": span.end + at}) for span in spans_of(each.checked, "reply", 0)]
        at += len(each.text)
    return found


def _transcript(request: ChatRequest, sheet: Sheet, answer: _Answer, facts: list[str]) -> str:
    """Each line of a turn is a quotation, so that none of it is read as a heading of this file."""
    turns = [_turn("Question" if each.role == "user" else "Answer, as it was handed in", each.content) for each in request.messages]
    parts = [f"# {sheet.name}: a conversation", *turns, _turn("Answer", answer.text)]
    parts += [f"From the sheet: {', '.join(facts)}."] if facts else []
    parts += [answer.written_by, *(f"Withheld: {each.why}." for each in answer.withheld)]
    return "\n\n".join(parts) + "\n"


def _turn(who: str, text: str) -> str:
    return f"**{who}**\n\n" + "\n".join(f"> {line}" for line in text.splitlines())
