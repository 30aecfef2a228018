"""What a language model is asked and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from shared.errors import BadInput

__all__ = ["Completion", "Finish", "Message", "Prompt"]

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length"]

MAX_TOKENS = 2048
OPEN, CLOSE = "<|im_start|>", "<|im_end|>"
"""ChatML, which every tier was trained on: https://huggingface.co/docs/transformers/chat_templating"""


@dataclass(frozen=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True)
class Prompt:
    """messages (a chat; one that ends with the assistant's is gone on with) or text (continued as it stands), one of the two.

    grammar: GBNF whose `root` the whole answer has to match. stop: strings that end the answer and are left out of it. temperature 0 is
    greedy. exact: the same prompt and seed give the same bytes whoever else asks; it then runs alone. Without it several run together,
    and another company changes the last bits of a sum, and with them a word now and then.

    Raises BadInput, naming the field.
    """

    messages: tuple[Message, ...] = ()
    text: str = ""
    grammar: str | None = None
    max_tokens: int = 128
    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 0
    stop: tuple[str, ...] = ()
    exact: bool = True

    def __post_init__(self) -> None:
        if bool(self.messages) == bool(self.text):
            raise BadInput("A prompt is messages or a text, one of the two.", field="messages")
        for field, low, high in (("max_tokens", 1, MAX_TOKENS), ("temperature", 0, 2), ("top_p", 0, 1), ("seed", 0, 2**32 - 2)):
            if not low <= (value := getattr(self, field)) <= high:
                raise BadInput(f"{field} is {value}, expected {low} to {high}.", field=field)

    def times(self, n: int) -> tuple[Prompt, ...]:
        """n prompts that differ by their seeds, for the best of n: they share what was read of the prompt."""
        return tuple(replace(self, seed=(self.seed + i) % (2**32 - 1)) for i in range(n))

    @property
    def rendered(self) -> tuple[str, str]:
        """(all up to the last message, the rest), as the model reads it. The first part is read once for prompts that share it."""
        if not self.messages:
            return "", self.text
        *before, last = self.messages
        prefix = "".join(f"{OPEN}{each.role}\n{_plain(each.content)}{CLOSE}\n" for each in before) + OPEN
        rest = f"{last.role}\n{_plain(last.content)}"
        return prefix, rest if last.role == "assistant" else f"{rest}{CLOSE}\n{OPEN}assistant\n"


@dataclass(frozen=True)
class Completion:
    """text: without the stop string. tokens: written; prompt_tokens: read, of them cached_tokens taken over from a prompt before.

    seconds: wall clock. finish: `length` when max_tokens cut it. model: the tier that wrote it. constrained: whether the grammar was
    enforced; an endpoint may not know it. logprob: mean natural logarithm of its tokens' probabilities, before the grammar and the
    temperature: what the model itself thinks of the text; None where it is not told.
    """

    text: str
    tokens: int
    seconds: float
    finish: Finish
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    constrained: bool = True
    logprob: float | None = None


def _plain(content: str) -> str:
    """Text that cannot close its own message: the tokenizer takes `<|im_end|>` in a product sheet for the mark itself."""
    return content.replace("<|", "< |")
