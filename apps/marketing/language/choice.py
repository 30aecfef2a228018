"""Which tier writes here, and why no better one does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from apps.marketing.language.configuration import NONE, chosen, endpoint
from apps.marketing.language.models import QWEN_0_5B, SMOLLM2, language_models
from apps.marketing.language.prompt import Completion, Prompt
from shared.errors import BadInput
from shared.serving import Model

__all__ = ["Choice", "best_tier", "light_tier"]


@dataclass(frozen=True)
class Choice:
    """model: None means that no language model writes here, and the composer does. passed_over: (name, why not) of the better ones."""

    model: Model[Prompt, Completion] | None
    passed_over: tuple[tuple[str, str], ...] = ()

    @property
    def note(self) -> str:
        """In a sentence each, for a person: "" when the best tier writes."""
        return " ".join(why for _, why in self.passed_over)


def best_tier(besides: Collection[str] = ()) -> Choice:
    """The best tier that is here, without those named in `besides` (they have just failed). Loads nothing.

    Raises BadInput for a SEXTANT_LLM that names no tier, and for an endpoint that is configured wrongly.
    """
    wanted = chosen()
    if wanted == NONE:
        return Choice(None, ((NONE, "SEXTANT_LLM=none switches the language models off."),))
    endpoint()
    models = language_models()
    if wanted and wanted not in [model.name for model in models]:
        names = ", ".join(["none", *(model.name for model in models)])
        raise BadInput(f"SEXTANT_LLM is {wanted!r}, expected one of {names}.", remedy="Correct it or unset it.")
    passed_over: list[tuple[str, str]] = []
    for model in models:
        if wanted not in ("", model.name):
            continue
        why_not = f"{model.name} failed." if model.name in besides else model.why_not()
        if why_not is None:
            return Choice(model, tuple(passed_over))
        passed_over.append((model.name, why_not))
    return Choice(None, tuple(passed_over))


def light_tier() -> Model[Prompt, Completion] | None:
    """The small tier where it is worth fetching: nothing better is here, and SEXTANT_LLM does not ask for another one or for none."""
    if chosen() not in ("", QWEN_0_5B.name) or any(model.why_not() is None for model in language_models() if model is not SMOLLM2):
        return None
    return QWEN_0_5B
