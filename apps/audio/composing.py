"""From a request to a chorale: read what is given, write the rest on the engine, set it, engrave it, play it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from apps.audio.chorales.chorale import STEPS_A_QUARTER, VOICES, Chorale
from apps.audio.files import Piece, encoded, file_name
from apps.audio.keys import Key
from apps.audio.origin import origin_texts, statement
from shared.app import Artifact, Context, Figure, InputFile
from shared.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from apps.audio.chorales.sampling import Written
    from apps.audio.instruments.performance import Performance
    from apps.audio.score.engraving import Engraved
    from apps.audio.score.reading import Given
    from apps.audio.tasks import ComposeRequest, ComposeResult

__all__ = ["bar_numbers", "compose_request", "plan"]

RATE_HZ = 48_000
DEFAULT_KEY, DEFAULT_TEMPO_BPM = "G major", 72.0
LEADING_REFERENCE = "Bach: 0.8 in 100 beats"
CROSSED_PERCENT = 15.0
"""Bach's most crossed pieces have fewer: beyond it the voices do not lie where singers have theirs."""
BAR_STEPS = {"4/4": 16, "3/4": 12}
PICKUP_STEPS = 4


def compose_request(request: ComposeRequest, context: Context) -> ComposeResult:
    """Raises `BadInput` for a file that cannot be set, the engine's errors, and `Cancelled`."""
    from apps.audio.requests import HUB
    from apps.audio.tasks import ComposeResult

    if (request.model or "").startswith(HUB):
        return _from_hub(request, context)
    given, template, mask = plan(request)
    written = _written(request, template, mask, context)
    chorale = written.chorale
    tempo_bpm = request.tempo_bpm or (given.tempo_bpm if given and given.tempo_bpm else DEFAULT_TEMPO_BPM)
    title = request.title or (given.title if given and given.title else "Chorale")
    origin = statement(request.model, request.seed, "Notes that were not given were")
    context.progress(1, 4, "score")
    midi, xml, engraved = _notation(_as_printed(chorale, given), tempo_bpm, title, origin)
    context.progress(2, 4, "sound")
    played = _played(request, chorale, tempo_bpm, context)
    context.progress(3, 4, "files")
    stem = file_name(title)
    key = Key.of(chorale.sharps, chorale.tonic).name
    bars = int(bar_numbers(chorale)[-1])
    summary = f"{key}, {chorale.bar_steps // STEPS_A_QUARTER}/4, {bars} bars, {tempo_bpm:g} quarters a minute"
    texts = origin_texts(title, origin)

    def file(signal: np.ndarray, name: str, said: dict[str, str]) -> Artifact:
        return encoded(Piece(signal, RATE_HZ, name, said), request.format, context)

    return ComposeResult(
        title=title,
        summary=summary,
        audio=file(played.mix, stem, texts),
        stems=[
            file(part, f"{stem}_{voice}", origin_texts(f"{title}, {voice}", origin))
            for voice, part in zip(VOICES, played.stems, strict=True)
        ]
        if request.stems
        else [],
        midi=context.artifact(f"{stem}.mid", midi, "audio/midi"),
        musicxml=context.artifact(f"{stem}.musicxml", xml, "application/vnd.recordare.musicxml+xml"),
        score=[
            context.artifact(f"{stem}-{number}.svg", page.encode(), "image/svg+xml") for number, page in enumerate(engraved.pages, start=1)
        ],
        pdf=context.artifact(f"{stem}.pdf", _pdf(engraved, title, origin), "application/pdf"),
        strip=context.artifact(f"{stem}-strip.svg", engraved.strip.encode(), "image/svg+xml"),
        timeline=context.artifact(f"{stem}.json", _timeline(chorale, played, engraved, tempo_bpm), "application/json"),
        given=_said_given(given, mask, request),
        figures=_figures(chorale, written, mask),
        warnings=[*(given.notes if given else ()), *_warned(chorale)],
        metadata={
            "key": key,
            "tempo": f"{tempo_bpm:g} quarters a minute",
            "played by": "SoundFont" if request.soundfont else request.instrument,
            "rule guide": f"on, overruled the model {written.overruled} times" if written.guided else "off",
            "temperature": f"{request.temperature:g}",
        },
    )


def plan(request: ComposeRequest) -> tuple[Given | None, Chorale, np.ndarray | None]:
    """(what the file holds, the piece to be filled, (steps, 4) bool of what stays); raises `BadInput`."""
    from apps.audio.chorales.sampling import blank, voices_given

    if request.melody is None:
        key = Key.parse(request.key or DEFAULT_KEY)
        template = blank(
            bars=request.bars, bar_steps=BAR_STEPS[request.metre], sharps=key.sharps, tonic=key.tonic, pickup_steps=PICKUP_STEPS
        )
        return None, template, None
    from apps.audio.score.reading import read_score

    given = read_score(request.melody.read(), request.melody.name, voice=request.voice)
    template = given.chorale
    if request.key:
        key = Key.parse(request.key)
        template = replace(template, sharps=key.sharps, tonic=key.tonic)
    kept = [VOICES.index(voice) for voice in request.keep] or list(given.voices)
    if missing := [VOICES[voice] for voice in kept if voice not in given.voices]:
        has = ", ".join(VOICES[voice] for voice in given.voices)
        raise BadInput(f"{request.melody.name} has no {' and no '.join(missing)}.", remedy=f"It has: {has}.", field="keep")
    mask = voices_given(template, kept)
    if request.fill_bars:
        mask = mask & _outside(template, request.fill_bars)
    if mask.all():
        raise BadInput(
            "All four voices of all bars are kept: nothing is left to write.",
            remedy="Name voices in `keep`, or bars in `fill_bars`.",
            field="keep",
        )
    return given, template, mask


def bar_numbers(chorale: Chorale) -> np.ndarray:
    """(steps,) int64: as printed: the first full bar is 1, a pickup 0."""
    return chorale.bars + int(chorale.position[0] == 0)


def _outside(template: Chorale, fill: Sequence[int]) -> np.ndarray:
    """(steps, 4) bool: all bars but `fill`."""
    import numpy as np

    bars = bar_numbers(template)
    if strange := sorted(set(fill) - set(bars.tolist())):
        raise BadInput(f"There is no bar {strange[0]}.", remedy=f"The piece has bars {bars[0]} to {bars[-1]}.", field="fill_bars")
    return np.repeat(~np.isin(bars, list(fill))[:, None], 4, axis=1)


def _written(request: ComposeRequest, template: Chorale, mask: np.ndarray | None, context: Context) -> Written:
    from apps.audio.chorales.choosing import best, homeward, several
    from apps.audio.chorales.sampling import Commission

    commission = Commission(template, mask, request.temperature, request.seed, request.guide)
    takes = several(homeward(commission) if request.cadence else commission, request.takes)
    context.progress(0, 4, "notes")
    return best(context.map(str(request.model), takes))


def _notation(chorale: Chorale, tempo_bpm: float, title: str, origin: str) -> tuple[bytes, bytes, Engraved]:
    from apps.audio.score.engraving import engrave
    from apps.audio.score.writing import write_midi, write_musicxml

    xml = write_musicxml(chorale, tempo_bpm=tempo_bpm, title=title, origin=origin)
    return write_midi(chorale, tempo_bpm=tempo_bpm, title=title, origin=origin), xml, engrave(xml)


def _pdf(engraved: Engraved, title: str, origin: str) -> bytes:
    from apps.audio.score.pdf import to_pdf

    return to_pdf(engraved.pages, title=title, origin=origin)


def _played(request: ComposeRequest, chorale: Chorale, tempo_bpm: float, context: Context) -> Performance:
    from apps.audio.instruments.performance import perform

    def progress(done: float, total: float) -> None:
        context.progress(2 + done / total, 4, "sound")

    if request.soundfont is not None:
        return _with_soundfont(request.soundfont, chorale, tempo_bpm, progress)
    return perform(chorale, tempo_bpm=tempo_bpm, instrument=request.instrument, seed=request.seed, progress=progress)


def _with_soundfont(file: InputFile, chorale: Chorale, tempo_bpm: float, progress: Callable[[float, float], None]) -> Performance:
    """The player reads a path: a copy under a name of ours, gone afterwards."""
    from apps.audio.instruments.soundfont import perform_soundfont

    content = file.read()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"font.{'sf3' if file.name.lower().endswith('sf3') else 'sf2'}"
        path.write_bytes(content)
        return perform_soundfont(chorale, path, tempo_bpm=tempo_bpm, progress=progress)


def _timeline(chorale: Chorale, played: Performance, engraved: Engraved, tempo_bpm: float) -> bytes:
    """Each note once, with its seconds and its ids in the score; and where bars begin."""
    places: dict[tuple[int, int, int], list[str]] = {}
    for head in engraved.timeline:
        places.setdefault((head.voice, head.pitch, round(head.start_quarter * STEPS_A_QUARTER)), []).append(head.svg_id)
    second = 60 / tempo_bpm / STEPS_A_QUARTER
    numbers = bar_numbers(chorale)
    notes = []
    for voice, pitch, start_s, end_s in played.notes:
        step = round(start_s / second)
        held = range(step, max(step + 1, round(end_s / second)))
        ids = [mark for at in held for mark in places.get((voice, pitch, at), ())]  # tied notes are several in the score
        notes.append(
            {
                "voice": VOICES[voice],
                "pitch": pitch,
                "start_s": round(start_s, 4),
                "end_s": round(end_s, 4),
                "bar": int(numbers[min(step, len(chorale) - 1)]),
                "ids": ids,
            }
        )
    firsts = [step for step in range(len(chorale)) if step == 0 or numbers[step] != numbers[step - 1]]
    bars = [{"bar": int(numbers[step]), "start_s": round(step * second, 4)} for step in firsts]
    return json.dumps({"notes": notes, "bars": bars, "end_s": round(len(chorale) * second, 4)}).encode()


def _as_printed(chorale: Chorale, given: Given | None) -> Chorale:
    """Without the fermatas that nobody wrote: the model needs to know where phrases end, a reader was not asked to hold them."""
    import numpy as np

    return replace(chorale, fermata=np.zeros_like(chorale.fermata)) if given is not None and given.inferred else chorale


def _warned(chorale: Chorale) -> list[str]:
    from apps.audio.chorales.metrics import crossings

    crossed = 100 * crossings(chorale) / len(chorale)
    if crossed <= CROSSED_PERCENT:
        return []
    return [f"Voices cross in {crossed:.0f} % of the time (Bach: 2.2 %): the melody lies badly for its voice. Give it to another."]


def _said_given(given: Given | None, mask: np.ndarray | None, request: ComposeRequest) -> list[str]:
    if given is None or mask is None:
        return []
    kept = [VOICES[voice] for voice in range(4) if mask[:, voice].any()]
    said = [f"{', '.join(kept)} of {request.melody.name if request.melody else 'the file'}"]
    if request.fill_bars:
        said.append(f"written anew: bars {', '.join(map(str, sorted(set(request.fill_bars))))}")
    return said


def _figures(chorale: Chorale, written: Written, mask: np.ndarray | None) -> list[Figure]:
    from apps.audio.chorales.metrics import FIFTH, OCTAVE, crossings, doubled_leading_tones, parallels

    found = parallels(chorale, FIFTH) + parallels(chorale, OCTAVE)
    beats = len(chorale) / STEPS_A_QUARTER
    count = int(chorale.onsets.sum()) if mask is None else int((chorale.onsets & ~mask).sum())
    return [
        Figure(label="parallel fifths and octaves", value=found, unit=f"in {beats:.0f} beats", reference="Bach: 0.5 in 100 beats"),
        Figure(
            label="crossed voices", value=round(100 * crossings(chorale) / len(chorale), 1), unit="% of the time", reference="Bach: 2.2 %"
        ),
        Figure(
            label="doubled leading tones", value=doubled_leading_tones(chorale), unit=f"in {beats:.0f} beats", reference=LEADING_REFERENCE
        ),
        Figure(label="surprise", value=round(written.nats / max(1, count), 2), unit="nats a written note", reference="Bach: 1.3"),
    ]


def _from_hub(request: ComposeRequest, context: Context) -> ComposeResult:
    """Sound from words, by a model that was pulled."""
    from apps.audio.hub import Prompt
    from apps.audio.models import MODELS
    from apps.audio.tasks import ComposeResult

    model = next(each for each in MODELS if each.name == request.model)
    clip: Any = context.run(
        str(request.model), Prompt(request.style, request.duration_s, request.seed, tempo_bpm=request.tempo_bpm, key=request.key)
    )
    title = request.title or request.style[:60]
    texts = origin_texts(title, statement(request.model, request.seed, "Music"))
    seconds = len(clip.samples) / clip.rate_hz
    audio = encoded(Piece(clip.samples, clip.rate_hz, file_name(title), texts), request.format, context)
    return ComposeResult(
        title=title,
        summary=f"{seconds:.1f} s by {request.model}",
        audio=audio,
        figures=[Figure(label="length", value=round(seconds, 1), unit="s", reference=f"{request.duration_s:g} s asked for")],
        warnings=[f"Licence of the model: {model.licence}."],
        metadata={"model": str(request.model), "licence": model.licence},
    )
