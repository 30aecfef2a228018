"""What the marketing studio answers. Places are code points: `text[start:end]`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.app import Artifact, Field, Result

__all__ = [
    "ChatResult",
    "CheckResult",
    "Count",
    "Covered",
    "Fault",
    "Regulated",
    "Span",
    "SummarizeResult",
    "Taken",
    "Variant",
    "Withheld",
    "WriteResult",
]

Status = Literal["supported", "contradicted", "unsupported", "no-claim"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Place(_Part):
    """field and index: which text of a piece (`headlines`, 3); of a checked text always its field and 0."""

    field: str
    index: int
    start: int
    end: int


class Span(_Place):
    """A claim. facts: keys of the sheet that bear it, or contradict it; why: empty where it is supported."""

    text: str
    kind: str
    status: Status
    facts: list[str]
    why: str = ""


class Fault(_Place):
    """What a channel refuses (error) or warns of. index -1: the field or the piece as a whole."""

    code: str
    words: str
    level: Literal["error", "warning"]


class Regulated(_Place):
    """A word that a law or a regulator ties to evidence. facts: what the sheet has for it; no legal advice."""

    word: str
    kind: str
    why: str
    source: str
    facts: list[str]


class Count(_Part):
    """A text's length as its channel counts it."""

    field: str
    index: int
    size: int
    unit: str
    min: int
    max: int


class Covered(_Part):
    """Which facts and keywords a text has. must_missing: facts that had to be in it and are not."""

    facts: list[str]
    must_missing: list[str]
    keywords: list[str]
    keywords_missing: list[str]


class Variant(_Part):
    """One piece for one channel. tier: who wrote it; ready: no unsupported or contradicted claim, no banned word, every limit kept.
    reasons: why not, where it is not."""

    channel: str
    title: str
    number: int
    tier: str
    fields: dict[str, list[str]]
    counts: list[Count]
    spans: list[Span]
    violations: list[Fault]
    regulated: list[Regulated]
    coverage: Covered
    ready: bool
    reasons: list[str]


class WriteResult(Result):
    """The variants, each with its claims traced to the sheet."""

    product: str
    tier: str = Field(description="the model that wrote; `composer` is a phrase grammar, no language model")
    written_by: str = Field(description="the same in a sentence")
    variants: list[Variant]
    csv: Artifact = Field(description="one row a text, safe to open in a spreadsheet")
    data: Artifact = Field(description="JSON: variants, spans, sheet")
    text: Artifact = Field(description="Markdown, for pasting")


class CheckResult(Result):
    """What the sheet bears of a text."""

    ok: bool = Field(description="every claim has its fact, no banned word, no limit exceeded")
    verdict: str = Field(description="one sentence")
    spans: list[Span]
    violations: list[Fault]
    regulated: list[Regulated]
    counts: list[Count]
    coverage: Covered
    suggestions: list[str] = Field(description="one for each thing that is wrong")
    report: Artifact = Field(description="HTML, one file: the text with its claims marked")
    data: Artifact = Field(description="JSON: the same, for machines")


class Withheld(_Part):
    """A sentence that the model wrote and the sheet does not bear: not part of the reply."""

    text: str
    why: str


class ChatResult(Result):
    """An answer of which every claim is on the sheet."""

    reply: str = Field(description="empty never: where the sheet does not say, it says that")
    tier: str = Field(description="what wrote it; `sheet` when no language model is here: the facts themselves, quoted")
    written_by: str = Field(description="the same in a sentence")
    facts: list[str] = Field(description="keys of the facts that the reply rests on, in its order")
    spans: list[Span] = Field(description="the reply's claims; field `reply`")
    withheld: list[Withheld]
    transcript: Artifact = Field(description="Markdown: the conversation with the reply and its facts")


class Taken(_Part):
    """A sentence word for word. page: from 1; start, end: its place in the text of that page; score: 0 to 1."""

    text: str
    page: int
    start: int
    end: int
    score: float


class SummarizeResult(Result):
    """The sentences that say most, in the order of the document."""

    sentences: list[Taken]
    pages: int
    characters: int
    summary: Artifact = Field(description="Markdown, each sentence with its page")
