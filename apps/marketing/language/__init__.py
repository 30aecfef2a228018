"""The language model that writes copy: its tiers, what it is asked, and the grammar that it writes under.

choice = best_tier()                                     # choice.model, and in choice.note why no better one
prompt = Prompt(messages=(Message("user", "..."),), grammar=number_locked(["24", "500 ml"], 90), seed=3)
context.run(choice.model, prompt).text
context.map(choice.model, prompt.times(8))               # best of eight: what they share of the prompt is read once
"""

from apps.marketing.language.choice import Choice, best_tier, light_tier
from apps.marketing.language.grammar import fits, number_locked
from apps.marketing.language.models import LOCAL_TIERS, QWEN_0_5B, QWEN_1_5B, SMOLLM2, language_models
from apps.marketing.language.prompt import Completion, Message, Prompt

__all__ = [
    "LOCAL_TIERS",
    "QWEN_0_5B",
    "QWEN_1_5B",
    "SMOLLM2",
    "Choice",
    "Completion",
    "Message",
    "Prompt",
    "best_tier",
    "fits",
    "language_models",
    "light_tier",
    "number_locked",
]
