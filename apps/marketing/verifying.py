"""Texts held against a sheet by the rules and, where it is here, by the entailment network."""

from __future__ import annotations

from collections.abc import Callable

from apps.marketing.claims import Checked, check_claims, passages_of
from apps.marketing.entailment import ENTAILMENT, Judgement, pair
from apps.marketing.sheet import Sheet
from shared.app import Context
from shared.errors import Cancelled, SextantError, Unavailable

__all__ = ["Check", "check_with", "checked_by_both"]

Check = Callable[[str, Sheet], Checked]
"""How a text is held against a sheet."""


def check_with(context: Context) -> Check:
    """Rules and network; the rules alone where the network is not here or fails."""
    return lambda text, sheet: checked_by_both(text, sheet, context)[0]


def checked_by_both(text: str, sheet: Sheet, context: Context) -> tuple[Checked, str]:
    """What rules and network say of a text, and why the rules had to decide alone: empty where they did not. Raises `Cancelled`."""
    try:
        return check_claims(text, sheet, judged=_judged(text, sheet, context)), ""
    except Cancelled:
        raise
    except SextantError as error:  # not installed, or out of memory beside a language model: the rules go on
        return check_claims(text, sheet), str(error)


def _judged(text: str, sheet: Sheet, context: Context) -> dict[str, Judgement]:
    """What the network says of each passage of a text. Raises what its check and the engine raise."""
    if (why := ENTAILMENT.why_not()) is not None:
        raise Unavailable(why)
    said = list(dict.fromkeys(text[start:end] for start, end in passages_of(text)))
    return dict(zip(said, context.map(ENTAILMENT, [pair(passage, sheet) for passage in said]), strict=True))
