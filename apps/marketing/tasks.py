"""What the marketing studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.marketing.costs import LINES, seconds_a_line, seconds_an_answer
from apps.marketing.requests import ChatRequest, CheckRequest, SummarizeRequest, WriteRequest
from apps.marketing.results import ChatResult, CheckResult, SummarizeResult, WriteResult
from shared.app import App, Context, Example, Work

if TYPE_CHECKING:
    from shared.serving import Model

__all__ = [
    "ChatRequest",
    "ChatResult",
    "CheckRequest",
    "CheckResult",
    "SummarizeRequest",
    "SummarizeResult",
    "WriteRequest",
    "WriteResult",
    "app",
    "chat",
    "check",
    "summarize",
    "write",
]

EXAMPLES = Path(__file__).parent / "examples"
BRIEF = """The Alva desk was planned with people who work at home four days a week. Most of them had no room of their own for work, so the \
desk stands in the living room and has to look like furniture. The top is solid oak. Oak moves with the weather: a fully heated room in \
January dries it, a wet summer swells it, and the frame leaves it room for both.

Oil the oak top twice in its first year and once a year after that. Wipe up water within an hour, because it leaves grey rings on oiled \
wood. Do not use steel wool on the top: its dust turns oak black. Two motors lift the frame at 38 mm a second, and the control stops them \
when the desk meets resistance. In the trial, eleven of fourteen households changed the height more than three times a day. Five of them \
said that the memory buttons were the reason. The cable tray was moved to the back after the trial, where knees do not meet it."""
SECONDS_A_KILOBYTE = 0.004
SECONDS_A_CHECK = 0.2


def _models() -> tuple[Any, ...]:
    from apps.marketing.models import models

    return models()


def _light() -> Model[Any, Any] | None:
    from apps.marketing.language import light_tier

    return light_tier()


app = App(
    key="marketing",
    title="Marketing",
    summary="Write product copy in which every claim is traced to a fact of the product sheet, and check copy that is written.",
    picture="card.webp",
    models=_models,
    light=_light,
)


def _work_write(request: WriteRequest) -> Work:
    lines = request.variants * sum(LINES[name] for name in request.channels)
    return Work(lines, "lines", 64 << 20, seconds_a_line(request.model))


def _work_check(request: CheckRequest) -> Work:
    return Work(max(1.0, len(request.text) / 1000), "thousand characters", 16 << 20, SECONDS_A_CHECK)


def _work_chat(request: ChatRequest) -> Work:
    return Work(1, "answer", 16 << 20, seconds_an_answer(request.model))


def _work_summarize(request: SummarizeRequest) -> Work:
    size_bytes = request.document.size_bytes if request.document is not None else len(request.text)
    return Work(max(1.0, size_bytes / 1000), "kilobytes of text", min(2 << 30, 40 * size_bytes), SECONDS_A_KILOBYTE)


@app.task(
    work=_work_write,
    examples=(
        Example(
            "Headphones: a search ad, an e-mail and a post on X",
            {"sheet": EXAMPLES / "consumer_electronics.yaml", "channels": ["google_rsa", "email", "x"], "variants": 2, "seed": 3},
            source="an invented product of an invented brand",
            licence="Apache-2.0",
        ),
        Example(
            "A desk for the shop page and the marketplace, warmly",
            {"example": "furniture", "channels": ["product_description", "amazon_bullets"], "variants": 1, "voice": "warm", "seed": 5},
            source="an invented product of an invented brand",
            licence="Apache-2.0",
        ),
    ),
)
def write(request: WriteRequest, context: Context) -> WriteResult:
    """Write copy from a product sheet for up to nine channels, with every claim traced to a fact of the sheet.

    Each variant keeps its channel's limits as the channel counts them. A sentence that the sheet does not bear is turned down and
    written again; what still is not borne out is marked as not ready, with the reason. The result names what wrote it.
    """
    from apps.marketing.pipeline import write_request

    return write_request(request, context)


@app.task(
    work=_work_check,
    source_type=None,
    examples=(
        Example(
            "An e-mail subject that says too much",
            {"example": "outdoor_gear", "text": "Fjelltind Varde 2: the lightest storm-proof tent, 1.86 kg packed, 5-year warranty"},
            source="an invented product of an invented brand",
            licence="Apache-2.0",
        ),
    ),
)
def check(request: CheckRequest, context: Context) -> CheckResult:
    """Check copy against a product sheet: each claim with the fact that bears it, or why none does; limits, regulated and banned words.

    By rules and a small network that reads each sentence beside the sheet's facts; no language model. It says whether the sheet states a
    claim, not whether the sheet is right.
    """
    from apps.marketing.pipeline import check_request

    return check_request(request, context)


@app.task(
    work=_work_chat,
    source_type=None,
    examples=(
        Example(
            "A tent: how waterproof is it, and what does it weigh?",
            {"example": "outdoor_gear", "messages": ["How waterproof is it, and what does it weigh?"]},
            source="an invented product of an invented brand",
            licence="Apache-2.0",
        ),
    ),
)
def chat(request: ChatRequest, context: Context) -> ChatResult:
    """Answer a question about a product from its sheet: every sentence is checked before anybody sees it.

    What the sheet does not bear is withheld, and what it does not say is not said. Without a language model the facts themselves are
    quoted.
    """
    from apps.marketing.conversation import chat_request

    return chat_request(request, context)


@app.task(
    work=_work_summarize,
    source_type=None,
    examples=(
        Example(
            "Three sentences of a product brief, on care",
            {"text": BRIEF, "sentences": 3, "query": "care of the oak top"},
            source="written for this studio",
            licence="Apache-2.0",
        ),
    ),
)
def summarize(request: SummarizeRequest, context: Context) -> SummarizeResult:
    """Summarize a document in its own sentences, word for word, each with its page and place.

    Nothing is rewritten, so nothing can be made up. With a query, the sentences that answer it come first.
    """
    from apps.marketing.pipeline import summarize_request

    return summarize_request(request, context)
