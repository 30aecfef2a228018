"""What the deepfake studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apps.deepfake.requests import InspectRequest, SignRequest, VerifyRequest
from apps.deepfake.results import InspectResult, SignResult, VerifyResult
from shared.app import App, Context, Example, Work

__all__ = [
    "InspectRequest",
    "InspectResult",
    "SignRequest",
    "SignResult",
    "VerifyRequest",
    "VerifyResult",
    "app",
    "inspect",
    "sign",
    "verify",
]

EXAMPLES = Path(__file__).parent / "examples"
NAMES = ("photo.jpg", "remade.jpg", "composite.jpg", "recorded.ogg", "made.ogg")
NOTICE = (
    "Evidence, not proof: no result says that a file is genuine, and learned scores fail on generators they have never seen. "
    "Never the only ground for a decision about a person."
)
SECONDS_A_MEGABYTE = 1.5
"""Measured on two cores over the examples (`make bench-deepfake`): a file's bytes are all that is known before it is opened."""


def _models() -> tuple[Any, ...]:
    from apps.deepfake.models import MODELS

    return MODELS


app = App(
    key="deepfake",
    title="Deepfake",
    summary="Collect the evidence on an image or a voice clip, and sign what is yours.",
    models=_models,
    notice=NOTICE,
    picture="card.webp",
)


def _work(request: InspectRequest) -> Work:
    size_bytes = sum(file.size_bytes for file in request.files)
    return Work(max(0.5, size_bytes / 1e6), "megabytes of files", min(size_bytes * 60, 4 << 30), SECONDS_A_MEGABYTE)


@app.task(
    work=_work,
    source_type=None,
    examples=(
        Example(
            "Five files of a case: a photo, one with a region remade, one changed after it was signed, a voice, a synthetic voice",
            {"files": [EXAMPLES / name for name in NAMES], "case": "demo"},
            source="London Face Set (DeBruine & Jones); LibriSpeech; the others made by this studio (examples/README.md)",
            licence="CC BY 4.0",
        ),
    ),
)
def inspect(request: InspectRequest, context: Context) -> InspectResult:
    """Collect the evidence on images and voice clips, and say what it amounts to.

    Signatures and declarations first (Content Credentials, generator metadata, watermarks), then traces in pixels and sound, then two
    learned heads whose score is calibrated. Where the evidence does not carry, the verdict is "inconclusive" and says why; no verdict
    says that a file is genuine.
    """
    from apps.deepfake.pipeline import inspect_request

    return inspect_request(request, context)


@app.task(
    source_type=None,
    examples=(
        Example(
            "A photograph, signed as captured",
            {"file": EXAMPLES / "photo.jpg", "statement": "captured", "title": "Portrait, front"},
            source="London Face Set (DeBruine & Jones)",
            licence="CC BY 4.0",
        ),
    ),
)
def sign(request: SignRequest, context: Context) -> SignResult:
    """Sign a file of yours with Content Credentials (C2PA), so that later changes show.

    Signed with the certificate of SEXTANT_SIGNING_CERTIFICATE, or with a local test certificate that only this machine trusts. An
    earlier history in the file is kept as an ingredient.
    """
    from apps.deepfake.credentials import sign_request

    return sign_request(request, context)


@app.task(source_type=None)
def verify(request: VerifyRequest, context: Context) -> VerifyResult:
    """Check a file's Content Credentials, offline, and put every status code into words.

    Expired or unknown to this machine is not tampered: each code says what it does and does not mean. An origin that stands beside
    the file (`*.origin.json`) is checked by its hash.
    """
    from apps.deepfake.credentials import verify_request

    return verify_request(request, context)
