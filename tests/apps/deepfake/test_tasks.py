"""The studio as its users call it, on the shipped weights and small files."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from apps.deepfake import inspect, sign, verify
from apps.deepfake.results import FileReport
from apps.deepfake.tasks import EXAMPLES
from shared.errors import BadInput, Unsupported

PHOTO, RECORDED = EXAMPLES / "photo.jpg", EXAMPLES / "recorded.ogg"


def one(file: Any, **fields: Any) -> FileReport:
    return inspect(files=[file], **fields).files[0]


def png(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_text(key, value)
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((samples * 32_000).astype("<i2").tobytes())
    return out.getvalue()


@pytest.fixture(scope="module")
def case() -> dict[str, FileReport]:
    """The example case, inspected once."""
    found = inspect(files=[EXAMPLES / name for name in ("photo.jpg", "remade.jpg", "composite.jpg", "recorded.ogg", "made.ogg")], case="7")
    return {report.name: report for report in found.files}


def test_a_case_has_a_verdict_a_hash_and_reasons_for_each_file(case: dict[str, FileReport]) -> None:
    for report in case.values():
        assert report.reasons and len(report.sha256) == 64 and report.missed == [] and report.preview is not None
        assert report.score is not None and report.score.low <= report.score.probability <= report.score.high
        assert {"Content Credentials", "Metadata"} <= {evidence.source for evidence in report.evidence}
    assert case["remade.jpg"].overlay is not None and case["photo.jpg"].overlay is None and case["recorded.ogg"].kind == "sound"


def test_nothing_untouched_is_called_manipulated(case: dict[str, FileReport]) -> None:
    assert {case["photo.jpg"].verdict, case["recorded.ogg"].verdict} <= {"no-evidence-found", "inconclusive"}


def test_what_was_made_scores_above_what_was_captured(case: dict[str, FileReport]) -> None:
    for made, captured in (("remade.jpg", "photo.jpg"), ("made.ogg", "recorded.ogg")):
        above, below = case[made].score, case[captured].score
        assert above is not None and below is not None and above.p_captured < below.p_captured


def test_one_path_is_a_list_of_one() -> None:
    assert len(inspect(files=PHOTO, learned=False).files) == 1


def test_generator_metadata_is_a_declaration_that_anybody_could_write() -> None:
    report = one(("a.png", png(parameters="a castle\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Model: sd15")), learned=False)
    assert report.verdict == "declared-ai"
    assert any(evidence.direction == "declares-ai" and evidence.reliability != "high" for evidence in report.evidence)


def test_a_name_from_outside_is_a_label_and_never_a_path() -> None:
    report = one(("../../etc/<b>passwd</b>.png", png()), learned=False)
    assert report.name == "b>.png" or "/" not in report.name
    assert all("/" not in artifact.name for artifact in (report.preview,) if artifact is not None)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"hello", "text"),
        ("a.jpg", b"", "empty"),
        ("a.png", png()[:400], ""),
        ("a.zip", b"PK\x03\x04" + bytes(60), "ZIP"),
        ("bomb.png", png()[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + png()[24:], ""),
    ],
)
def test_what_cannot_be_examined_is_reported_and_the_others_go_on(name: str, data: bytes, says: str) -> None:
    reports = inspect(files=[(name, data), PHOTO], learned=False).files
    assert reports[0].verdict in ("unsupported", "inconclusive") and says in " ".join(reports[0].reasons)
    assert reports[1].kind == "image"


@pytest.mark.parametrize(
    "samples", [np.zeros(16_000 * 3), 0.3 * np.sin(np.arange(16_000 * 3) * 0.2), np.random.default_rng(0).normal(0, 0.1, 16_000)]
)
def test_sounds_without_enough_speech_are_inconclusive(samples: np.ndarray) -> None:
    assert one(("a.wav", wav(samples))).verdict == "inconclusive"


def test_too_little_to_see_is_inconclusive() -> None:
    small = Image.open(PHOTO).resize((96, 96))
    out = io.BytesIO()
    small.save(out, "PNG")
    report = one(("s.png", out.getvalue()))
    assert report.verdict == "inconclusive" and any(evidence.direction == "limits" for evidence in report.evidence)


def test_a_signed_file_verifies_a_changed_one_is_told() -> None:
    made = sign(file=PHOTO, statement="captured", title="Portrait", author="A. Mare")
    assert made.credentials.state == "local" and "test certificate" in made.warnings[0]
    signed = made.signed.read()
    assert "not changed since" in verify(file=("p.jpg", signed)).words
    report = one(("p.jpg", signed), learned=False)  # whoever uses this machine can sign so: no verdict rests on it
    assert report.verdict == "inconclusive" and "credentials.local" in {evidence.kind for evidence in report.evidence}
    changed = bytearray(signed)
    changed[-3000] ^= 1
    told = verify(file=("p.jpg", bytes(changed)))
    assert told.credentials is not None and any(code.meaning == "content-changed" for code in told.credentials.codes)
    assert one(("p.jpg", bytes(changed)), learned=False).verdict == "likely-manipulated"


def test_a_file_signed_as_generated_declares_it() -> None:
    signed = sign(file=PHOTO, statement="ai-generated").signed.read()
    assert one(("p.jpg", signed), learned=False).verdict == "declared-ai"


def test_signing_again_keeps_the_history() -> None:
    first = sign(file=PHOTO, statement="captured").signed.read()
    second = sign(file=("p.jpg", first), statement="edited")
    assert second.credentials.ingredients and "opened" in second.credentials.actions[0]


def test_a_format_that_takes_no_signature_is_refused() -> None:
    with pytest.raises(Unsupported, match="takes no Content Credentials"):
        sign(file=("a.gif", b"GIF89a" + bytes(40)), statement="captured")


def test_a_file_without_words_is_not_suspicious() -> None:
    assert "Most honest files say nothing" in verify(file=PHOTO).words


def test_a_sidecar_vouches_for_its_file_only() -> None:
    listed = {"origin": _origin(), "files": {_sha(b"a,b\n"): "t.csv"}}
    sidecar = ("t.origin.json", json.dumps(listed).encode())
    found = verify(file=("t.csv", b"a,b\n"), sidecar=sidecar)
    assert found.origin["task"] == "molecules/score" and "not signed" in found.words
    with pytest.raises(BadInput, match="does not name"):
        verify(file=("t.csv", b"a,c\n"), sidecar=sidecar)
    with pytest.raises(BadInput, match="no origin file"):
        verify(file=("t.csv", b"a,b\n"), sidecar=("t.json", b"[]"))


def _origin() -> dict[str, str]:
    return {
        "tool": "Sextant",
        "version": "0",
        "task": "molecules/score",
        "seed": "0",
        "request_sha256": "0" * 64,
        "made_at": "2026-01-01T00:00:00Z",
        "source_type": "algorithmicallyEnhanced",
    }


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
