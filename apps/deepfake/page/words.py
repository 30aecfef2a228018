"""Verdicts, findings and codes in words, each with the tone that its word is drawn in; and texts of unknown origin made harmless."""

from __future__ import annotations

import re
from typing import Literal

from apps.deepfake.evidence import Direction, Evidence, Reliability
from apps.deepfake.report import VERDICTS
from apps.deepfake.results import Verdict
from shared.ui.roster import Tone
from shared.ui.text import escape

__all__ = [
    "DIRECTIONS", "GROUPS", "MEANINGS", "RELIABILITIES", "SEVERITIES", "STATES", "TONES", "VERDICTS",
    "Group", "group_of", "safe", "short", "strength_word", "word",
]  # fmt: skip

Group = Literal["signed", "traces", "learned", "limits", "nothing"]

TONES: dict[Verdict, Tone] = {
    "provenance-verified": "good",
    "declared-ai": "told",
    "likely-manipulated": "bad",
    "no-evidence-found": "plain",
    "inconclusive": "warn",
    "unsupported": "none",
}
GROUPS: dict[Group, str] = {
    "signed": "Declared and signed",
    "traces": "Traces",
    "learned": "Learned",
    "limits": "What limits this",
}
DIRECTIONS: dict[Direction, tuple[str, Tone]] = {
    "origin-verified": ("says where it comes from", "good"),
    "declares-ai": ("says a model made it", "told"),
    "manipulated": ("speaks for manipulation", "bad"),
    "limits": ("limits other checks", "warn"),
    "none": ("nothing found", "plain"),
}
RELIABILITIES: dict[Reliability, str] = {"high": "High reliability", "medium": "Medium reliability", "low": "Low reliability"}
STATES: dict[str, tuple[str, Tone]] = {
    "trusted": ("Signature trusted", "good"),
    "local": ("Signed on this machine", "plain"),
    "valid": ("Intact, signer unknown here", "plain"),
    "invalid": ("Not valid", "warn"),
    "unreadable": ("Cannot be read", "none"),
    "remote": ("Kept elsewhere, not fetched", "none"),
}
SEVERITIES = {"success": "passed", "informational": "for information", "failure": "not passed"}
MEANINGS: dict[str, tuple[str, Tone]] = {
    "ok": ("in order", "good"),
    "informational": ("note", "plain"),
    "content-changed": ("content changed", "bad"),
    "signature-broken": ("signature broken", "bad"),
    "revoked": ("certificate revoked", "warn"),
    "signer-unknown": ("signer unknown", "warn"),
    "expired": ("expired", "warn"),
    "time": ("time not proven", "warn"),
    "malformed": ("written wrongly", "warn"),
    "missing": ("part missing", "warn"),
}
_LEARNED = ("image-head", "voice-head", "second-opinion")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Control characters, and those that turn the direction of writing or cannot be seen: a name with them shows another ending."""


def safe(text: str) -> str:
    """A text that may come from a file, for a place that reads HTML: escaped, and what cannot be seen of it shown as a square."""
    return escape(_UNSEEN.sub("\N{WHITE SQUARE}", text))


def short(name: str, most: int = 44) -> str:
    """A long name with its middle left out: the ending says what it claims to be. Not escaped."""
    name = _UNSEEN.sub("\N{WHITE SQUARE}", name)
    if len(name) <= most:
        return name
    tail = min(14, most // 3)
    return f"{name[: most - tail - 1]}\N{HORIZONTAL ELLIPSIS}{name[-tail:]}"


def word(text: str, tone: Tone) -> str:
    """A word in its tone, as HTML."""
    return f'<span class="dfk-word {tone}">{escape(text)}</span>'


def group_of(finding: Evidence) -> Group:
    """Where it stands on the page: by what it says, then by which check says it."""
    if finding.direction == "none":
        return "nothing"
    if finding.direction == "limits":
        return "limits"
    family = finding.kind.partition(".")[0]
    if family in _LEARNED:
        return "learned"
    return "signed" if family == "credentials" or finding.direction in ("origin-verified", "declares-ai") else "traces"


def strength_word(strength: float) -> str:
    return "strong" if strength >= 0.8 else "moderate" if strength >= 0.5 else "weak"
