"""Results as `inspect` makes them, without weights: what a file's name asks for (`composite`, `declared`, `signed`, `changed`, `between`,
`short`, `synthetic`), over its own pixels or samples."""

from __future__ import annotations

import hashlib
import io
import sys
import types
from collections import Counter
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from apps.deepfake import pictures
from apps.deepfake.decoding import kind_of
from apps.deepfake.evidence import Evidence
from apps.deepfake.report import VERDICTS, as_html, as_json
from apps.deepfake.results import Code, CredentialsReport, FileReport, InspectResult, Score
from apps.deepfake.verdict import decide
from shared.app import Context, Figure, InputFile
from shared.provenance.codes import status

__all__ = ["CODES", "MARKUP", "clip", "credentials", "fake_pipeline", "inspected", "photo"]

MARKUP = "<img src=x onerror=alert(1)>"
CODES = (
    "claimSignature.validated",
    "claimSignature.insideValidity",
    "assertion.hashedURI.match",
    "assertion.dataHash.match",
    "timeStamp.untrusted",
    "signingCredential.untrusted",
    "signingCredential.expired",
    "signingCredential.ocsp.skipped",
)
SIGNED = "A signature, checked offline against the trust lists of C2PA; revocation is not asked for, and nothing is fetched."
FINDINGS = {
    name: Evidence(source=source, kind=kind, claim=claim, direction=direction, strength=strength, reliability=reliability, basis=basis)
    for name, source, kind, direction, strength, reliability, claim, basis in (
        ("no credentials", "Content Credentials", "credentials.none", "none", 0, "high", "The file has no Content Credentials.", ""),
        ("history", "Content Credentials", "credentials.trainedAlgorithmicMedia", "declares-ai", 0.9, "high",
         "Its signed history says that the file was created by a generative model.", SIGNED),
        ("parameters", "Generator metadata", "metadata.a1111", "declares-ai", 0.9, "medium",
         "“a harbour at dawn, oil on canvas <b>masterpiece</b>” stands in the PNG text “parameters”, as A1111 writes it.",
         "Anybody can write or remove it."),
        ("watermark", "Watermarks", "watermark.none", "none", 0, "high", "No mark of Stable Diffusion, SDXL or FLUX was found.",
         "A decoder with no false alarm in 1,000 photographs; only untouched files still carry the mark."),
        ("trailing", "Structure", "structure.none", "none", 0, "high", "Nothing follows the end of the picture.", ""),
        ("peaks", "Spectrum", "spectrum.none", "none", 0, "low", "No regular peaks, as some generators leave them, stand in it.", ""),
        ("blocks", "Compression", "compression.part-differs", "manipulated", 0.55, "medium",
         "One region was compressed once, the rest twice: something may have been put in after the first compression.",
         "Reliable above quality 60 and 256 px; resizing removes it."),
        ("resized", "Quality", "quality.resized", "limits", 0.4, "high", "The picture was resized: compression traces may be lost.", ""),
        ("head", "Learned image head", "image-head.captured", "none", 0, "low", "It does not react.",
         "Trained on reconstructions and composites made by us; on generators it has never seen it misses many (model card)."),
        ("tags", "Sound tags", "metadata.tags", "none", 0, "high", "No tag names a synthesiser.", ""),
        ("speech", "Quality", "quality.short-speech", "limits", 1, "high", "Only 0.6 s of speech was found: the voice head needs 2 s.", ""),
        ("silence", "Silences", "structure.digital-silence", "manipulated", 0.5, "medium",
         "A stretch is exactly zero, which microphones do not give.", "Noise gates and editors do this too."),
    )
}  # fmt: skip
FINDINGS["parameters"] = FINDINGS["parameters"].model_copy(update={"details": {"Model": "sd_xl_base_1.0", "Steps": "30", "Seed": "42"}})
NAMES = ("composite", "declared", "signed", "changed", "between", "short", "synthetic")


def photo(side_px: int = 160, seed: int = 1) -> bytes:
    """A JPEG of soft shapes."""
    draw = np.random.default_rng(seed)
    small = Image.fromarray(draw.integers(40, 220, (6, 8, 3), dtype=np.uint8))
    out = io.BytesIO()
    small.resize((side_px * 4 // 3, side_px), Image.Resampling.BICUBIC).save(out, "JPEG", quality=88)
    return out.getvalue()


def clip(seconds: float = 1.0, rate_hz: int = 16_000) -> bytes:
    """A FLAC of a sound that rises and falls."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = sum(np.sin(2 * np.pi * 140 * k * (1 + 0.02 * np.sin(5 * at)) * at) / k for k in range(1, 14))
    out = io.BytesIO()
    soundfile.write(out, np.float32(0.2 * wave * (0.2 + np.sin(3 * at) ** 2)), rate_hz, format="FLAC")
    return out.getvalue()


def credentials(state: str = "valid", changed: bool = False) -> CredentialsReport:
    """As read of a file that was edited once; its last code is about the content where it was changed."""
    codes = [*CODES[:3], "assertion.dataHash.mismatch" if changed else CODES[3], *CODES[4:]]
    words = {
        "valid": "The file is as it was signed. Who signed it is not known to this machine.",
        "trusted": "The file is as it was signed, by somebody on a trust list that is used here.",
        "invalid": "Its credentials do not hold: the content is not the one that was signed.",
    }[state]
    return CredentialsReport(
        state=state,
        words=words,
        signer="Example Press Agency",
        issuer="Example CA",
        signed_at="2026-03-14T09:26:53Z",
        generator="Example Camera 2.1",
        actions=[
            "created, digitalCapture, Example Camera 2.1, 2026-03-14T09:26:53Z",
            "color_adjustments, Example Desk 8, 2026-03-14T11:02:10Z",
        ],
        ingredients=["IMG_2031.jpg (parentOf, valid)", "overlay logo.png (componentOf, none)"],
        codes=[Code(code=code, severity=status(code).severity, meaning=status(code).meaning, words=status(code).words) for code in codes],
    )


def inspected(request: Any, context: Context) -> InspectResult:
    reports = []
    for number, file in enumerate(request.files):
        context.progress(number, len(request.files), "file")
        reports.append(_report(file, request.learned, context, number + 1))
    counts = Counter(report.verdict for report in reports)
    figures = [Figure(label=VERDICTS[one], value=count, reference=f"of {len(reports)} files") for one, count in counts.most_common(3)]
    figures.append(Figure(label="Time", value=round(sum(report.seconds for report in reports), 1), unit="s", reference="all files"))
    at = "2026-11-21T21:00:00Z"
    return InspectResult(
        files=reports,
        report=context.artifact("report.html", as_html(request.case, at, reports), "text/html"),
        data=context.artifact("report.json", as_json(request.case, at, reports), "application/json"),
        figures=figures,
    )


def _report(file: InputFile, learned: bool, context: Context, number: int) -> FileReport:
    data = file.read()
    asks = next((one for one in NAMES if one in file.name), "")
    found_kind = kind_of(data)
    kind = found_kind.kind
    common = {"name": file.name, "sha256": file.sha256, "size_bytes": len(data)}
    if kind == "unsupported":
        why = f"It is {found_kind.words}, which is not examined. {found_kind.remedy}"
        return FileReport(
            **common,
            kind=kind,
            media_type=found_kind.media_type,
            verdict="unsupported",
            reasons=[why],
            missed=[why],
            facts={"Examined as": found_kind.words},
        )
    region = None if not learned else {"composite": "made", "synthetic": "made", "between": "between"}.get(asks, "captured")
    score = _score(kind, region, file.sha256) if region else None
    examine = _image if kind == "image" else _sound
    of = examine(data, asks, region=region, score=score, context=context, number=number)
    evidence, facts, shown, more = of
    if kind == "sound" and score is not None:
        score = score.model_copy(update={"windows": more})
    found = {"signed": credentials("trusted"), "changed": credentials("invalid", changed=True), "declared": credentials()}.get(asks)
    missed = [] if learned else ["The learned heads were not asked."]
    evidence = [*_signed(found, asks), *evidence]
    verdict, reasons = decide(evidence, score, region, missed)
    return FileReport(
        **common,
        kind=kind,
        media_type="image/jpeg" if kind == "image" else "audio/flac",
        facts=facts,
        verdict=verdict,
        reasons=reasons,
        score=score,
        evidence=evidence,
        credentials=found,
        missed=missed,
        seconds=round(0.8 + 0.1 * (number % 7), 2),
        preview=shown,
        overlay=more if kind == "image" and learned else None,
    )


def _score(kind: str, region: str, sha256: str) -> Score:
    """A little different for each file."""
    shift = int(hashlib.sha256(sha256.encode()).hexdigest()[:2], 16) / 255 * 0.06
    probability = {"made": 0.86, "captured": 0.11, "between": 0.47}[region] + shift
    return Score(
        model=f"deepfake-{kind.replace('sound', 'voice')}",
        revision="1.0",
        probability=round(probability, 4),
        low=round(probability - 0.08, 4),
        high=round(min(probability + 0.05, 1), 4),
        p_captured={"made": 0.012, "captured": 0.74, "between": 0.19}[region],
        p_made={"made": 0.62, "captured": 0.031, "between": 0.22}[region],
    )


def _signed(found: CredentialsReport | None, asks: str) -> list[Evidence]:
    if found is None:
        return [FINDINGS["no credentials"]]
    if asks == "declared":
        return [FINDINGS["history"], FINDINGS["parameters"]]
    kind, direction = ("trusted", "origin-verified") if asks == "signed" else ("content-changed", "manipulated")
    return [FINDINGS["history"].model_copy(update={"kind": f"credentials.{kind}", "direction": direction, "claim": found.words})]


def _image(data: bytes, asks: str, *, region: str | None, score: Score | None, context: Context, number: int) -> tuple[Any, ...]:
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[0:24, 0:24] / 23.0
    heat = np.clip(1.05 * np.exp(-(((rows - 0.46) / 0.15) ** 2 + ((columns - 0.5) / 0.13) ** 2)), 0, 1)
    heat = np.clip(heat + 0.12 * np.random.default_rng(number).random(heat.shape), 0, 1) if region == "made" else 0.25 * heat
    face = (round(0.34 * width), round(0.27 * height), round(0.32 * width), round(0.38 * height))
    mouth = (round(0.42 * width), round(0.55 * height), round(0.16 * width), round(0.08 * height))
    evidence = [FINDINGS["watermark"], FINDINGS["trailing"], FINDINGS["peaks"]]
    if score is not None:
        evidence.append(_said("image", region, score, {"region": face}))
    if asks == "composite":
        evidence += [FINDINGS["blocks"].model_copy(update={"region": mouth}), FINDINGS["resized"]]
    preview = context.artifact(f"file-{number}-preview.png", pictures.preview(pixels), "image/png")
    overlay = context.artifact(f"file-{number}-heatmap.png", pictures.overlay(pixels, heat), "image/png")
    facts = {
        "Size": f"{width} x {height} pixels",
        "Stored as": "JPEG, RGB, 8 bits a channel",
        "Coding": "chroma 4:2:0, baseline",
        "EXIF Model": "Example Camera 2.1",
        "EXIF UserComment": f"shot {MARKUP}",
    }
    return evidence, facts, preview, overlay


def _sound(data: bytes, asks: str, *, region: str | None, score: Score | None, context: Context, number: int) -> tuple[Any, ...]:
    samples, rate_hz = soundfile.read(io.BytesIO(data), dtype="float32")
    seconds = len(samples) / rate_hz
    windows: list[tuple[float, float, float]] = []
    evidence = [FINDINGS["tags"]]
    if score is not None:
        starts = np.arange(0.04 * seconds, 0.88 * seconds, seconds / 6)
        levels = np.clip(score.probability + 0.1 * np.sin(np.arange(len(starts)) * 2), 0, 1)
        windows = [(round(float(a), 2), round(float(a + seconds / 8), 2), round(float(p), 3)) for a, p in zip(starts, levels, strict=True)]
        start, end, _ = max(windows, key=lambda one: one[2])
        evidence.append(_said("voice", region, score, {"span_s": (start, end)}))
    if asks == "short":
        evidence.append(FINDINGS["speech"])
    if asks == "synthetic":
        evidence.append(FINDINGS["silence"].model_copy(update={"span_s": (0.0, 0.03 * seconds)}))
    preview = context.artifact(f"file-{number}-spectrogram.png", pictures.spectrogram(np.asarray(samples), rate_hz, windows), "image/png")
    facts = {"Duration": f"{seconds:.2f} s", "Stored as": f"FLAC, {rate_hz:,} Hz, 1 channel", "Bit rate": "180 kbit/s"}
    return evidence, facts, preview, windows


def _said(head: str, region: str | None, score: Score, where: dict[str, Any]) -> Evidence:
    """What a learned head says, as `apps.deepfake.learned` puts it."""
    if region == "made":
        claim = f"It reacts as to files that were made: probability {score.probability:.2f} ({score.low:.2f} to {score.high:.2f})."
        changes = {"claim": claim, "direction": "manipulated", "strength": score.probability, **where}
    else:
        changes = {"claim": "It cannot tell." if region == "between" else "It does not react."}
    return FINDINGS["head"].model_copy(update={"source": f"Learned {head} head", "kind": f"{head}-head.{region}", **changes})


def fake_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """`inspect` answers without weights, and a sound is heard without a child process."""
    from apps.deepfake import tasks
    from apps.deepfake.page import score

    pipeline = types.ModuleType("apps.deepfake.pipeline")
    pipeline.inspect_request = inspected  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apps.deepfake.pipeline", pipeline)
    monkeypatch.setattr(tasks.app, "_models", ())
    monkeypatch.setattr(score, "lines_of", lambda _: score.Lines(0.32, 0.71, 412, 390))
