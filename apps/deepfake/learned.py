"""Asking the learned heads: through the engine, and from their logits to what may be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from apps.deepfake.calibration import Calibration, calibration_of
from apps.deepfake.evidence import Evidence
from apps.deepfake.hub import kind_of_model
from apps.deepfake.models import IMAGE_HEAD, VOICE_HEAD
from apps.deepfake.results import Score

if TYPE_CHECKING:
    import numpy as np

    from apps.deepfake.image.head import ImageScore
    from apps.deepfake.voice.head import VoiceScore
    from shared.app import Context
    from shared.serving import Model

__all__ = ["Asked", "ask_image", "ask_voice", "second_opinion"]

IMAGE_SOURCE, VOICE_SOURCE, SECOND_SOURCE = "Learned image head", "Learned voice head", "Second opinion"
IMAGE_BASIS = "Trained on reconstructions and face composites made by us; on generators it has never seen it misses many (model card)."
VOICE_BASIS = "Trained on vocoders and speech synthesis made by us, over matched channels; unseen systems are missed often (model card)."
REGION_SHARE = 0.75
"""Cells from this share of the strongest one's probability on are boxed as one region."""
REACTS = 0.5
PART_S, PART_REACTS, GAP_S = 2.5, 0.9, 0.05
SEEN_WHOLE = 0.95
"""Below this share of a picture's area the finding says so; what misses to the whole is its edges."""


@dataclass
class Asked:
    """score, region: as `verdict.decide` takes them. heatmap: of the image head. speech_s:
    seconds of speech that were found. evidence: what the head says, as a finding."""

    score: Score | None = None
    region: str | None = None
    heatmap: np.ndarray | None = None
    speech_s: float | None = None
    evidence: list[Evidence] = field(default_factory=list)


def ask_image(pixels: np.ndarray, context: Context) -> Asked:
    """pixels: (h, w, 3) uint8."""
    found: ImageScore = context.run(IMAGE_HEAD, pixels)
    calibration = calibration_of(IMAGE_HEAD.name)
    score = _score(IMAGE_HEAD, calibration, found.logit)
    region = calibration.region(found.logit)
    box = _box(found.heatmap, found.stride_px, pixels.shape) if region == "made" else None
    evidence = _finding(IMAGE_SOURCE, "image-head", score, region, IMAGE_BASIS).model_copy(update={"region": box})
    return Asked(score, region, found.heatmap, evidence=[evidence, *_unseen(found.seen_share)])


def ask_voice(samples: np.ndarray, context: Context) -> Asked:
    """samples: (n,) float32 at 16 kHz. Without speech there is no score."""
    found: VoiceScore = context.run(VOICE_HEAD, samples)
    if found.logit is None:
        words = "No speech was found: the voice head hears speech only."
        return Asked(speech_s=found.speech_s, evidence=[_limit("voice-head.no-speech", words)])
    calibration = calibration_of(VOICE_HEAD.name)
    score = _score(VOICE_HEAD, calibration, found.logit, found.spans)
    region = calibration.region(found.logit)
    spans = _strongest(found.spans) if region == "made" else None
    part = [] if region == "made" else _part(found.spans)
    evidence = _finding(VOICE_SOURCE, "voice-head", score, region, VOICE_BASIS).model_copy(update={"span_s": spans})
    return Asked(score, region, speech_s=found.speech_s, evidence=[evidence, *part])


def second_opinion(name: str | None, kind: str, values: np.ndarray, context: Context) -> list[Evidence]:
    """What a hub's detector says, where one for this kind of file was chosen. It decides nothing: it is not calibrated here."""
    if name is None or kind_of_model(name) != kind:
        return []
    probability: float = context.run(name, values)
    return [
        Evidence(
            source=SECOND_SOURCE,
            kind="second-opinion",
            claim=f"{name} gives {probability:.2f} for made by a model, on its own scale.",
            direction="none",
            strength=0,
            reliability="low",
            basis="Not calibrated here: its rate of false alarms on files like this one is not known, so it decides nothing.",
        )
    ]


def _score(model: Model[Any, Any], calibration: Calibration, logit: float, windows: Sequence[tuple[float, float, float]] = ()) -> Score:
    probability, low, high = calibration.probability(logit)
    return Score(
        model=model.name,
        revision=model.revision,
        probability=round(probability, 4),
        low=round(low, 4),
        high=round(high, 4),
        p_captured=round(calibration.p_captured(logit), 4),
        p_made=round(calibration.p_made(logit), 4),
        windows=[(round(start, 2), round(end, 2), round(value, 3)) for start, end, value in windows],
    )


def _finding(source: str, kind: str, score: Score, region: str, basis: str) -> Evidence:
    said = {
        "made": "It reacts as to files that were made or manipulated",
        "captured": "It does not react",
        "between": "It cannot tell",
    }[region]
    claim = f"{said}: probability {score.probability:.2f} ({score.low:.2f} to {score.high:.2f}) where both kinds are equally frequent."
    return Evidence(
        source=source,
        kind=f"{kind}.{region}",
        claim=claim,
        direction="manipulated" if region == "made" else "none",
        strength=score.probability if region == "made" else 0.0,
        reliability="low",
        basis=basis,
    )


def _unseen(seen_share: float) -> list[Evidence]:
    if seen_share >= SEEN_WHOLE:
        return []
    words = f"The picture is so large that the head looked at {seen_share:.0%} of it, in tiles spread evenly: what is between is not seen."
    return [_limit("image-head.partly-seen", words, IMAGE_SOURCE)]


def _limit(kind: str, words: str, source: str = VOICE_SOURCE) -> Evidence:
    return Evidence(source=source, kind=kind, claim=words, direction="limits", strength=1, reliability="high")


def _box(heatmap: np.ndarray, stride_px: int, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """(x, y, width, height) of the largest patch of cells that react nearly as much as the strongest one; None where that is half the
    picture."""
    import numpy as np
    from scipy.ndimage import label

    parts, count = label(heatmap >= max(REACTS, REGION_SHARE * float(heatmap.max())), np.ones((3, 3)))
    if not count:
        return None
    weights = np.bincount(parts.ravel(), heatmap.ravel())
    rows, columns = np.nonzero(parts == 1 + int(weights[1:].argmax()))
    top, left = int(rows.min()) * stride_px, int(columns.min()) * stride_px
    bottom, right = min((int(rows.max()) + 1) * stride_px, shape[0]), min((int(columns.max()) + 1) * stride_px, shape[1])
    if (bottom - top) * (right - left) > 0.5 * shape[0] * shape[1]:
        return None
    return left, top, right - left, bottom - top


def _part(spans: Sequence[tuple[float, float, float]]) -> list[Evidence]:
    """The longest stretch without a gap that reacts by itself, if it is long enough: a sentence put into a recording."""
    longest: tuple[float, float] = (0.0, 0.0)
    begun: float | None = None
    for number, (start, end, value) in enumerate(spans):
        joined = begun is not None and abs(spans[number - 1][1] - start) < GAP_S
        begun = (begun if joined else start) if value >= PART_REACTS else None
        if begun is not None and end - begun > longest[1] - longest[0]:
            longest = (begun, end)
    if longest[1] - longest[0] < PART_S:
        return []
    return [
        Evidence(
            source=VOICE_SOURCE,
            kind="voice-head.part",
            claim=f"From {longest[0]:.0f} to {longest[1]:.0f} s the head reacts, unlike in the rest of the recording.",
            direction="manipulated",
            strength=0.6,
            reliability="low",
            basis="Of 70 recordings of LibriSpeech none had such a stretch.",
            span_s=longest,
        )
    ]


def _strongest(spans: Sequence[tuple[float, float, float]]) -> tuple[float, float] | None:
    if not spans:
        return None
    start, end, _ = max(spans, key=lambda span: span[2])
    return start, end
