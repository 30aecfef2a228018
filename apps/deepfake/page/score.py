"""A learned head's score on a scale from 0 to 1: with its interval, the lines that it is judged by, and both kinds of error in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from apps.deepfake.page.words import safe
from shared.errors import SextantError

if TYPE_CHECKING:
    from apps.deepfake.results import Score

__all__ = ["Lines", "lines_of", "score_html", "share_words"]

_TICKS = 10
_SAME = 0.01


@dataclass(frozen=True)
class Lines:
    """low, high: probabilities below which "no evidence", above which "likely manipulated" may be said. captured, made: how many
    files of the calibration the shares are of."""

    low: float
    high: float
    captured: int
    made: int


def lines_of(score: Score) -> Lines | None:
    """None where this machine's calibration is not that of the score."""
    try:
        return _lines(score.model, score.revision)
    except (SextantError, ImportError, ArithmeticError, IndexError, ValueError):
        return None


@st.cache_data(max_entries=8, show_spinner=False)
def _lines(name: str, revision: str) -> Lines | None:
    import numpy as np

    from apps.deepfake.calibration import calibration_of
    from apps.deepfake.models import IMAGE_HEAD, VOICE_HEAD

    if all((head.name, head.revision) != (name, revision) for head in (IMAGE_HEAD, VOICE_HEAD)):
        return None
    known = calibration_of(name)
    above = np.quantile(known.captured, 1 - known.false_alarm)
    below = np.quantile(known.made, known.missed)
    low, high = sorted(known.probability(float(logit))[0] for logit in (below, above))
    return Lines(low, high, len(known.captured), len(known.made))


def share_words(share: float) -> str:
    """0.0123 -> "1.2 %"; never "0 %": the share counts the file itself, and a calibration set ends somewhere."""
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %" if percent >= 0.1 else "less than 0.1 %"


def score_html(score: Score, what: str, *, used: bool = True) -> str:
    """what: image or voice. used: False where the file is such that the verdict must not rest on it."""
    lines = lines_of(score)
    unused = "" if used else '<p class="unused">Not used for the verdict: what limits this file, below, makes the score unreliable.</p>'
    return (
        f'<section class="dfk-score" aria-label="Score of the learned {what} head">'
        f'<div class="head"><h2 class="sx-h2">Learned {what} head</h2>'
        f"<p><b>{score.probability:.2f}</b> <span>interval {score.low:.2f} to {score.high:.2f}</span></p></div>"
        '<p class="what">Probability of synthesis or manipulation, where captured and made files are equally frequent. '
        f"On generators that it has never seen, the head misses many.</p>{unused}{_scale(score, lines)}{_shares(score, lines)}"
        f'<p class="model">{safe(score.model)}, revision {safe(score.revision[:24])}</p></section>'
    )


def _scale(score: Score, lines: Lines | None) -> str:
    """Ticks each tenth; the interval as a bar, the probability as a mark, the lines dashed."""
    ticks = "".join(f'<i class="tick" style="left:{100 * n / _TICKS:.0f}%"></i>' for n in range(_TICKS + 1))
    left, width = 100 * score.low, max(100 * (score.high - score.low), 0.6)
    said = f"Probability {score.probability:.2f}, interval {score.low:.2f} to {score.high:.2f}, on a scale from 0 to 1"
    interval = f'<i class="interval" style="left:{left:.1f}%;width:{width:.1f}%"></i>'
    point = f'<i class="point" style="left:{100 * score.probability:.1f}%"></i>'
    zones = told = ""
    if lines is not None:
        low, high = 100 * lines.low, 100 * lines.high
        zones = (
            f'<i class="zone low" style="width:{low:.1f}%"></i><i class="zone high" style="left:{high:.1f}%;width:{100 - high:.1f}%"></i>'
            f'<i class="line" style="left:{low:.1f}%"></i><i class="line" style="left:{high:.1f}%"></i>'
        )
        told = f'<p class="lines">{_told(lines)}</p>'
    ends = '<div class="ends"><span>0 like captured</span><span>0.5</span><span>like made 1</span></div>'
    return f'<div class="scale" role="img" aria-label="{said}">{zones}{ticks}{interval}{point}</div>{ends}{told}'


def _told(lines: Lines) -> str:
    if lines.high - lines.low < _SAME:
        return f"Below {lines.high:.2f} it is scored as captured files are, above as made ones are; close to it the head cannot tell."
    return (
        f"Below {lines.low:.2f} it is scored as captured files are, above {lines.high:.2f} as made ones are; "
        "between the lines the head cannot tell."
    )


def _shares(score: Score, lines: Lines | None) -> str:
    captured = f"of {lines.captured} captured calibration files" if lines else "of captured calibration files"
    made = f"of {lines.made} made calibration files" if lines else "of made calibration files"
    return (
        f"<dl><div><dt>{share_words(score.p_captured)} {captured}</dt><dd>score as high: false alarms, were the line drawn here</dd></div>"
        f"<div><dt>{share_words(score.p_made)} {made}</dt><dd>score as low: misses, were the line drawn here</dd></div></dl>"
    )
