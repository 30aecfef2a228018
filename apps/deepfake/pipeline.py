"""From the files of a case to its report: each is opened in a child process, read by every check that fits it, and judged."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.deepfake.credentials import credentials_evidence, report_of
from apps.deepfake.decoding import kind_of, read_image, read_sound
from apps.deepfake.evidence import Evidence
from apps.deepfake.learned import Asked, ask_image, ask_voice, second_opinion
from apps.deepfake.report import VERDICTS, as_html, as_json
from apps.deepfake.results import FileReport, InspectResult, Verdict
from apps.deepfake.shown import image_facts, sound_facts
from apps.deepfake.verdict import decide
from shared.app import Artifact, Context, Figure, InputFile
from shared.errors import Cancelled, SextantError, StorageFailed
from shared.provenance import read
from shared.provenance.stamp import now_iso

if TYPE_CHECKING:
    import numpy as np

    from apps.deepfake.requests import InspectRequest

__all__ = ["inspect_request"]

log = logging.getLogger("sextant.deepfake")

WEIGHTIEST_FIRST: tuple[Verdict, ...] = (
    "likely-manipulated",
    "declared-ai",
    "inconclusive",
    "unsupported",
    "provenance-verified",
    "no-evidence-found",
)
MOST_FIGURES = 3
"""Beside the time: four are read at a glance."""


def inspect_request(request: InspectRequest, context: Context) -> InspectResult:
    """One report a file; a file that cannot be examined is reported as unsupported, with its reason."""
    reports = []
    for number, file in enumerate(request.files):
        context.progress(number, len(request.files), "file")
        reports.append(_Examination(file, request, context, number + 1).report())
    context.progress(len(request.files), len(request.files), "report")
    at = now_iso()
    return InspectResult(
        files=reports,
        report=context.artifact("report.html", as_html(request.case, at, reports), "text/html"),
        data=context.artifact("report.json", as_json(request.case, at, reports), "application/json"),
        summary=[f"{report.name}: {VERDICTS[report.verdict]}. {report.reasons[0]}" for report in reports],
        figures=_figures(reports),
    )


def _figures(reports: list[FileReport]) -> list[Figure]:
    verdicts = Counter(report.verdict for report in reports)
    counts = [(VERDICTS[verdict], verdicts[verdict]) for verdict in WEIGHTIEST_FIRST if verdicts[verdict]]
    if len(counts) > MOST_FIGURES:
        counts = [*counts[: MOST_FIGURES - 1], ("Other verdicts", sum(count for _, count in counts[MOST_FIGURES - 1 :]))]
    shown = [Figure(label=label, value=count, reference=f"of {len(reports)} files") for label, count in counts]
    return [*shown, Figure(label="Time", value=round(sum(report.seconds for report in reports), 1), unit="s", reference="all files")]


@dataclass
class _Examination:
    """One file on its way to its report."""

    file: InputFile
    request: InspectRequest
    context: Context
    number: int
    evidence: list[Evidence] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def report(self) -> FileReport:
        started = time.monotonic()
        data = self.file.read()
        kind = kind_of(data)
        found = read(data)
        self.evidence += credentials_evidence(found.credentials)
        asked, preview, overlay, why = Asked(), None, None, ""
        if kind.kind == "unsupported":
            why = f"It is {kind.words}, which is not examined. {kind.remedy}".strip()
        else:
            try:
                examine = self._image if kind.kind == "image" else self._sound
                asked, preview, overlay = examine(data)
            except (Cancelled, StorageFailed):
                raise
            except SextantError as error:
                why = _told(error)
            except Exception as error:
                log.warning("a file could not be examined", exc_info=error)
                why = f"It could not be examined ({type(error).__name__})."
        verdict, reasons = decide(self.evidence, asked.score, asked.region, [*([why] if why else []), *self.missed])
        if why and verdict == "inconclusive":
            verdict, reasons = "unsupported", [why]
        return FileReport(
            name=self.file.name,
            sha256=self.file.sha256,
            size_bytes=self.file.size_bytes or len(data),
            kind=kind.kind,
            media_type=kind.media_type,
            facts={"Examined as": kind.words, **self.facts},
            verdict=verdict,
            reasons=reasons,
            score=asked.score,
            evidence=self.evidence,
            credentials=None if found.credentials is None else report_of(found.credentials),
            missed=[*([why] if why and verdict != "unsupported" else []), *self.missed],
            seconds=round(time.monotonic() - started, 2),
            preview=preview,
            overlay=overlay,
        )

    def _image(self, data: bytes) -> tuple[Asked, Artifact, Artifact | None]:
        from apps.deepfake import pictures
        from apps.deepfake.forensics.compression import compression_evidence
        from apps.deepfake.forensics.containers import read_container
        from apps.deepfake.forensics.metadata import metadata_evidence
        from apps.deepfake.forensics.quality import image_quality
        from apps.deepfake.forensics.spectrum import spectrum_evidence
        from apps.deepfake.forensics.structure import structure_evidence
        from apps.deepfake.forensics.watermark import watermark_evidence

        picture = read_image(data)
        facts, pixels = picture.facts, picture.pixels
        self.facts |= image_facts(facts)
        if facts.pictures > 1 and facts.format != "JPEG":  # a phone's photo carries previews and brightness maps
            self.missed.append(f"Only the first of {facts.pictures} pictures was examined.")
        container = read_container(data)
        self._check("Metadata", lambda: metadata_evidence(data, container=container, texts=facts.texts, pixels=pixels))
        self._check("Structure", lambda: structure_evidence(data, self.file.name, container))
        self._check("Watermarks", lambda: watermark_evidence(pixels))
        self._check("Compression", lambda: compression_evidence(pixels, container))
        if container.kind != "webp":  # its loop filter leaves a checkerboard in every photograph
            self._check("Spectrum", lambda: spectrum_evidence(pixels))
        self._check("Quality", lambda: image_quality(pixels, container))
        if facts.damage is not None:
            self.evidence.append(_limit("damage", facts.damage.sentence))
        asked = self._ask("image", lambda: ask_image(pixels, self.context), pixels)
        heatmap = None if asked.region == "captured" else asked.heatmap  # below the line the map shows nothing but texture
        overlay = None if heatmap is None else self._artifact("heatmap", pictures.overlay(pixels, heatmap))
        return asked, self._artifact("preview", pictures.preview(pixels)), overlay

    def _sound(self, data: bytes) -> tuple[Asked, Artifact, Artifact | None]:
        from apps.deepfake import pictures
        from apps.deepfake.forensics.containers import read_container
        from apps.deepfake.forensics.metadata import metadata_evidence
        from apps.deepfake.forensics.quality import voice_quality
        from apps.deepfake.forensics.structure import structure_evidence

        clip = read_sound(data)
        facts, samples = clip.facts, clip.samples
        self.facts |= sound_facts(facts)
        if facts.video:
            self.missed.append("The pictures of the video were not examined, only its sound.")
        container = read_container(data)
        self._check("Metadata", lambda: metadata_evidence(data, container=container, texts=facts.tags))
        self._check("Structure", lambda: structure_evidence(data, self.file.name, container))
        asked = self._ask("sound", lambda: ask_voice(samples, self.context), samples)
        self._check("Quality", lambda: voice_quality(samples, clip.rate_hz, asked.speech_s))
        if facts.truncated_at_s is not None:
            self.evidence.append(_limit("damage", f"The recording breaks off at {facts.truncated_at_s:.1f} s; what follows is not there."))
        windows = asked.score.windows if asked.score else ()
        return asked, self._artifact("spectrogram", pictures.spectrogram(samples, clip.rate_hz, windows)), None

    def _check(self, name: str, check: Callable[[], Iterable[Evidence]]) -> None:
        """A check that breaks is named as missed; the others go on."""
        self.context.raise_if_cancelled()
        try:
            self.evidence += check()
        except Cancelled:
            raise
        except SextantError as error:
            self.missed.append(f"{name}: the check could not run. {_told(error)}")
        except Exception as error:
            log.warning("%s broke", name, exc_info=error)
            why = f"{error.message} {error.remedy}".strip() if isinstance(error, SextantError) else f"it broke ({type(error).__name__})."
            self.missed.append(f"{name} could not be asked: {why}")

    def _ask(self, kind: str, ask: Callable[[], Asked], values: np.ndarray) -> Asked:
        """The learned head for this kind, and the hub's detector where one was chosen."""
        asked = Asked()
        if not self.request.learned:
            self.missed.append("The learned heads were not asked, as you chose.")
            return asked

        def learned() -> list[Evidence]:
            nonlocal asked
            asked = ask()
            return asked.evidence

        self._check("Learned head", learned)
        self._check("Second opinion", lambda: second_opinion(self.request.model, kind, values, self.context))
        return asked

    def _artifact(self, what: str, data: bytes) -> Artifact:
        return self.context.artifact(f"file-{self.number:03d}-{what}.png", data, "image/png")


def _told(error: SextantError) -> str:
    return f"{error.message} {error.remedy}".strip()


def _limit(kind: str, words: str) -> Evidence:
    return Evidence(source="Quality", kind=f"quality.{kind}", claim=words, direction="limits", strength=1, reliability="high")
