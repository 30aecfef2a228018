"""What the deepfake studio answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from apps.deepfake.evidence import Evidence
from shared.app import Artifact, Field, Result

__all__ = ["Code", "CredentialsReport", "FileReport", "InspectResult", "Score", "SignResult", "Verdict", "VerifyResult"]

Verdict = Literal["provenance-verified", "declared-ai", "likely-manipulated", "no-evidence-found", "inconclusive", "unsupported"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Code(_Part):
    """One C2PA status code. meaning: its class (content-changed, signer-unknown, expired ...); words: for an investigator."""

    code: str
    severity: str
    meaning: str
    words: str


class CredentialsReport(_Part):
    """Content Credentials, validated offline. state: trusted, local (trusted by this machine's own test certificate alone), valid
    (intact, its signer unknown here), invalid or unreadable."""

    state: str
    words: str
    signer: str = ""
    issuer: str = ""
    signed_at: str = ""
    generator: str = ""
    actions: list[str] = []
    ingredients: list[str] = []
    codes: list[Code] = []


class Score(_Part):
    """A learned head's answer. probability: of synthesis or manipulation where both are equally frequent; low, high: its interval by
    Venn-Abers calibration. p_captured: share of captured calibration files that score as high (the false-alarm rate if the line were
    drawn here); p_made: share of made ones that score as low. windows: (from s, to s, 0 to 1) where sound was heard in parts: how
    much the head reacts there, which is not calibrated and no probability."""

    model: str
    revision: str
    probability: float
    low: float
    high: float
    p_captured: float
    p_made: float
    windows: list[tuple[float, float, float]] = []


class FileReport(_Part):
    """One file. facts: of the container, decoded in a child process. missed: checks that did not run, and why."""

    name: str
    sha256: str
    size_bytes: int
    kind: Literal["image", "sound", "unsupported"]
    media_type: str
    facts: dict[str, str] = {}
    verdict: Verdict
    reasons: list[str]
    score: Score | None = None
    evidence: list[Evidence] = []
    credentials: CredentialsReport | None = None
    missed: list[str] = []
    seconds: float = 0.0
    preview: Artifact | None = Field(default=None, description="the image upright, or the spectrogram, at most 1024 px")
    overlay: Artifact | None = Field(default=None, description="the learned head's heatmap over the preview")


class InspectResult(Result):
    """The evidence on each file of a case."""

    summary: list[str] = Field(default=[], description="each file's verdict and its first reason")
    files: list[FileReport]
    report: Artifact = Field(description="HTML, one file, to print or to hand over")
    data: Artifact = Field(description="JSON: the same, for machines")


class SignResult(Result):
    """The signed copy; the file given stays as it was."""

    signed: Artifact
    credentials: CredentialsReport
    original_sha256: str


class VerifyResult(Result):
    """What the credentials say."""

    name: str
    sha256: str
    words: str = Field(description="one sentence: what is known of where this file comes from")
    credentials: CredentialsReport | None = None
    codes: list[str] = Field(default=[], description="every status code of the credentials, in words")
    origin: dict[str, str] = Field(default={}, description="how Sextant made it, where it did")
    place: str = Field(default="", description="where that stands in the file")
