"""Inspect: the files of a case with their verdicts, and one of them with everything that was found in it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from apps.deepfake.page.credentials import show_credentials
from apps.deepfake.page.files import heard, original_size, picture_size, picture_url, thumbnail
from apps.deepfake.page.findings import place_of, show_findings, tags_of
from apps.deepfake.page.score import score_html
from apps.deepfake.page.words import TONES, VERDICTS, group_of, safe, short, word
from apps.deepfake.pictures import BAR_PX, MAX_SIDE_PX, SPECTROGRAM_PX, overlay
from apps.deepfake.verdict import NOT_SAID, STOPS, WORDS
from shared.app import Figure
from shared.errors import SextantError
from shared.ui.host import executor
from shared.ui.marked import Heard, Mark, Scale, View, marked
from shared.ui.page import empty, heading, switch
from shared.ui.results import table
from shared.ui.roster import Entry, roster
from shared.ui.text import bytes_text, plural

if TYPE_CHECKING:
    from apps.deepfake.results import FileReport, InspectResult, Verdict
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["chosen", "figures_of", "files_of", "show", "show_details", "show_side", "show_thumbnail"]

FILTERED_FROM = 9
"""From so many files on the list can be narrowed to one verdict."""
ALL = "all"
CELL_PX, WIDE_CELL_PX, LONG_NAME = 168, 226, 30
ORDER: tuple[Verdict, ...] = (
    "likely-manipulated",
    "declared-ai",
    "inconclusive",
    "provenance-verified",
    "no-evidence-found",
    "unsupported",
)
WIDE, TALL = 712, 250
"""Proportion that a spectrogram is drawn in."""
HEAT_STEPS = 21
SOUND = ("#080a16", "#3c1e6e", "#aa3c6e", "#f5964a", "#fff5cd")
PROBABILITY = ("#46146e", "#be325a", "#f5781e", "#ffd746")
KINDS = {"image": "Image", "sound": "Sound", "unsupported": "Not examined"}


def _key(run: Run) -> str:
    return f"deepfake:file:{run.id}"


def chosen(run: Run, result: InspectResult) -> int:
    """The number of the file on the stage: at first the one whose verdict weighs most."""
    weightiest = min(range(len(result.files)), key=lambda at: ORDER.index(result.files[at].verdict))
    return min(int(st.session_state.get(_key(run), weightiest)), len(result.files) - 1)


def show(run: Run, result: InspectResult) -> None:
    """The files to choose from, the verdict on one of them, its picture or sound, and its score."""
    number = chosen(run, result)
    if len(result.files) > 1:
        _show_files(run, result, number)
    report = result.files[number]
    _show_verdict(report)
    if report.preview is None:
        empty("Nothing to look at.", "This file could not be opened, so it has no picture here. What is known of it stands below.")
    else:
        (_show_image if report.kind == "image" else _show_sound)(run, report, report.preview, number)
    if report.score is not None:
        stopped = any(one.kind in STOPS for one in report.evidence)
        st.html(score_html(report.score, "image" if report.kind == "image" else "voice", used=not stopped))


def _show_files(run: Run, result: InspectResult, number: int) -> None:
    counts = Counter(report.verdict for report in result.files)
    shown = ALL
    if len(result.files) >= FILTERED_FROM:
        names = {ALL: f"All {len(result.files)}"}
        names |= {verdict: f"{VERDICTS[verdict]} {counts[verdict]}" for verdict in ORDER if counts[verdict]}
        with st.container(key="dfk-filter"):
            shown = switch("Verdict", list(names), names, key=f"deepfake:filter:{run.id}")
    entries = [_entry(at, report) for at, report in enumerate(result.files) if shown in (ALL, report.verdict)]
    roster(
        entries,
        label=f"{plural(len(entries), 'file')} of the case",
        key="dfk-files",
        current=str(number),
        on_open=lambda one: st.session_state.update({_key(run): int(one)}),
        cell_px=CELL_PX if max(len(entry.title) for entry in entries) < LONG_NAME else WIDE_CELL_PX,
    )


def _entry(at: int, report: FileReport) -> Entry:
    url = thumbnail(report.preview.sha256) if report.preview is not None else ""
    return Entry(str(at), short(report.name, 60), VERDICTS[report.verdict], TONES[report.verdict], url)


def _show_verdict(report: FileReport) -> None:
    reasons = "".join(f"<li>{safe(reason)}</li>" for reason in report.reasons)
    name = f'<h2 class="sx-h2" title="{safe(report.name)}">{safe(short(report.name))}</h2>'
    st.html(
        f'<section class="dfk-verdict {TONES[report.verdict]}" aria-label="Verdict">'
        f'<div class="head">{word(VERDICTS[report.verdict], TONES[report.verdict])}{name}</div>'
        f"<p>{WORDS[report.verdict]}</p><ul>{reasons}</ul></section>"
    )


def _show_image(run: Run, report: FileReport, preview: Artifact, number: int) -> None:
    shown = picture_size(preview)
    views = [View("image", "Image", picture_url(preview, f"preview-{number}"), f"{report.name}, upright", "I")]
    scales = []
    if report.overlay is not None:
        views.append(
            View(
                "heat",
                "Heatmap",
                picture_url(report.overlay, f"overlay-{number}"),
                "Where the learned head reacts, over the image in grey",
                "H",
            )
        )
        scales = [Scale("learned head's probability, grey up to 0.3", heat_colours(), "0", "1", "heat")]
    size = original_size(report.facts, shown, MAX_SIDE_PX)
    marks = []
    for at, tag in tags_of(report.evidence).items():
        finding = report.evidence[at]
        if finding.region is not None and size is not None:
            x, y, width, height = finding.region
            box = (x / size[0], y / size[1], width / size[0], height / size[1])
            marks.append(Mark(tag, finding.source, place_of(finding), _within(box)))
    marked(views, size=shown, label=f"Image {report.name}", key=f"dfk-stage-{run.id}-{number}", marks=marks, scales=scales)


def _show_sound(run: Run, report: FileReport, preview: Artifact, number: int) -> None:
    given = run.request["files"][number]
    ends = [end for _, end, _ in (report.score.windows if report.score else ())] + [one.span_s[1] for one in report.evidence if one.span_s]
    sounding = heard(str(given["sha256"]), report.size_bytes, max(ends, default=None), f"sound-{number}")
    bar = BAR_PX / (SPECTROGRAM_PX[1] + BAR_PX)
    marks = []
    for at, tag in tags_of(report.evidence).items():
        finding = report.evidence[at]
        if finding.span_s is not None:
            start, end = (min(one / sounding.seconds, 1) for one in finding.span_s)
            marks.append(Mark(tag, finding.source, place_of(finding), _within((start, 0, end - start, 1)), finding.span_s[0]))
    kilohertz = sounding.rate_hz / 2000
    axis = [(bar, "0"), (bar + (1 - bar) / 2, f"{kilohertz / 2:g}"), (1.0, f"{kilohertz:g} kHz")]
    scales = [Scale("level, against the loudest", SOUND, "\N{MINUS SIGN}80 dB", "0 dB")]
    if report.score is not None and report.score.windows:
        scales.append(Scale("bar below: learned head, grey without speech", PROBABILITY, "0", "1"))
    marked(
        [
            View(
                "spectrogram",
                "Spectrogram",
                picture_url(preview, f"preview-{number}"),
                f"Spectrogram of {report.name}, time to the right, 0 to {kilohertz:g} kHz upwards",
            )
        ],
        size=(WIDE, TALL),
        label=f"Recording {report.name}",
        key=f"dfk-stage-{run.id}-{number}",
        marks=marks,
        scales=scales,
        heard=Heard(sounding.url, sounding.rate_hz, sounding.seconds, axis, sounding.why),
    )
    if sounding.url and sounding.why:
        st.html(f'<p class="sx-sub">{safe(sounding.why)}</p>')


@cache
def heat_colours() -> tuple[str, ...]:
    """What the heatmap makes of mid-grey, from 0 to 1."""
    import io

    import numpy as np
    from PIL import Image

    png = overlay(np.full((1, HEAT_STEPS, 3), 127, np.uint8), np.linspace(0, 1, HEAT_STEPS)[None])
    return tuple(f"#{bytes(pixel).hex()}" for pixel in np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))[0])


def _within(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Within the picture, whatever a check says."""
    left, top = (min(max(one, 0.0), 1.0) for one in box[:2])
    return left, top, min(max(box[2], 0.004), 1 - left), min(max(box[3], 0.004), 1 - top)


def figures_of(run: Run, result: InspectResult) -> list[Figure]:
    """Of several files how many have which verdict; of one, how much was looked at."""
    if len(result.files) > 1:
        return result.figures
    report = result.files[0]
    if report.verdict == "unsupported":
        return []
    findings = [one for one in report.evidence if group_of(one) != "nothing"]
    time = Figure(label="time", value=report.seconds, unit="s", reference="all checks of the file")
    return [
        Figure(
            label="findings",
            value=len(findings),
            reference=f"beside {plural(len(report.evidence) - len(findings), 'check')} that found nothing",
        ),
        Figure(
            label="checks that did not run", value=len(report.missed), reference="reasons below" if report.missed else "every check ran"
        ),
        time,
    ]


def files_of(result: InspectResult) -> list[tuple[str, Artifact]]:
    return [("Download report", result.report), ("JSON", result.data)]


def show_details(run: Run, result: InspectResult) -> None:
    """Below the result: every finding, and the credentials."""
    report = result.files[chosen(run, result)]
    if report.evidence or report.verdict != "unsupported":
        show_findings(report)
    if report.credentials is not None or report.verdict != "unsupported":
        show_credentials(report.credentials)


def show_side(run: Run, result: InspectResult) -> None:
    """What cannot be told, always; then the file as it came."""
    heading("What this cannot tell you")
    st.html('<ul class="dfk-not-said">' + "".join(f"<li>{safe(one)}</li>" for one in NOT_SAID) + "</ul>")
    report = result.files[chosen(run, result)]
    heading("The file")
    with st.container(key="dfk-sha"):
        st.html('<p class="sx-label">SHA-256</p>')
        st.code(report.sha256, language=None, wrap_lines=True)
    rows = [
        ("Name", report.name),
        ("Kind", KINDS[report.kind]),
        ("Type", report.media_type or "unknown"),
        ("File size", bytes_text(report.size_bytes)),
    ]
    shown = [(name[:1].upper() + name[1:], value) for name, value in report.facts.items()]
    table([(_visible(name), _visible(value)) for name, value in [*rows, *shown]], "The container of the file")


def _visible(text: str) -> str:
    """`table` escapes; what cannot be seen is shown here."""
    from html import unescape

    return unescape(safe(text))


def show_thumbnail(run: Run) -> str:
    """A run's small picture."""
    for artifact in run.artifacts:
        if artifact.media_type == "image/png" and "heatmap" not in artifact.name:
            try:
                executor().store.size(artifact.sha256)
            except SextantError:
                return ""
            return thumbnail(artifact.sha256)
    return ""
