"""From a description to a pack of sound effects: class and wishes from the words, variations from the engine, files named for a game."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apps.audio.effects.describing import Description, describe
from apps.audio.files import Piece, encoded, file_name
from apps.audio.models import Order
from apps.audio.origin import origin_texts, statement
from shared.app import Context, Figure
from shared.errors import BadInput

if TYPE_CHECKING:
    from apps.audio.effects.making import Made
    from apps.audio.tasks import EffectRequest, EffectResult

__all__ = ["ask_which", "effect_request"]

RATE_HZ = 48_000
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The same effects give the same bytes."""


def effect_request(request: EffectRequest, context: Context) -> EffectResult:
    """Raises `BadInput` where the words leave the class open, and for values that the class does not take."""
    from apps.audio.effects.finishing import Finish
    from apps.audio.effects.synthesis import find_class
    from apps.audio.tasks import Effect, EffectResult, Source

    words = describe(request.description)
    how = Finish(
        intensity=words.intensity if request.intensity is None else request.intensity,
        brightness=words.brightness if request.brightness_db is None else request.brightness_db,
        distance_m=words.distance_m if request.distance_m is None else request.distance_m,
    )
    if request.mode == "library":
        kind, title = "library", f"Variations of {len(request.library)} clip{'' if len(request.library) == 1 else 's'}"
        made = _from_library(request, how, context)
    else:
        kind = request.kind or words.kind or ask_which(words)
        title = find_class(kind).title
        made = _synthesised(request, kind, words, how, context)
    comment = statement(request.model, request.seed, f"{title}: {request.description!r},")
    stem = file_name(request.name or (request.description if request.mode == "library" else kind))
    names = [f"{stem}{'_loop' if request.loop else ''}_{number + 1:02d}" for number in range(len(made))]
    effects = []
    for number, (name, one) in enumerate(zip(names, made, strict=True)):
        context.progress(number, len(made), "files written")
        texts = origin_texts(f"{title} {number + 1}", comment)
        effects.append(
            Effect(
                file=encoded(Piece(one.signal, RATE_HZ, name, texts, one.loop), request.format, context),
                duration_s=round(one.duration_s, 4),
                parameters={key: round(value, 6) for key, value in one.values.items()},
                loop=one.loop,
                redrawn=one.redrawn,
                sources=[Source(name=source, share=round(share, 4)) for source, share in getattr(one, "sources", {}).items()],
            )
        )
    controls = {"intensity": how.intensity, "brightness_db": how.brightness, "distance_m": how.distance_m, "width": request.width}
    pack = _pack(effects, {"description": request.description, "class": kind, "origin": comment, **controls})
    return EffectResult(
        kind=kind,
        title=title,
        understood=list(words.understood) if not request.kind and request.mode == "procedural" else [],
        effects=effects,
        pack=context.artifact(f"{stem}.zip", pack, "application/zip"),
        figures=_figures(made),
        warnings=_warnings(request, made),
        metadata={
            "intensity": f"{how.intensity:+.2f}",
            "brightness": f"{how.brightness:+.1f} dB an octave",
            "distance": f"{how.distance_m:g} m",
            "format": f"48 kHz, {'stereo' if request.width else 'mono'}, {'24' if request.format == 'wav24' else '16'} bits",
            "mode": request.mode,
        },
    )


def ask_which(words: Description) -> str:
    """Never returns: says which three classes come nearest."""
    from apps.audio.effects.synthesis import classes

    nearest = [each.kind for each in words.nearest]
    if not any(each.score for each in words.nearest):
        raise BadInput(
            f"Nothing in {words.text[:80]!r} is understood.",
            remedy=f"Describe it in English by what makes the sound, or give `kind`. There are: {', '.join(classes())}.",
            field="kind",
        )
    titles = ", ".join(f"{kind} ({classes()[kind].title.lower()})" if classes()[kind].title.lower() != kind else kind for kind in nearest)
    raise BadInput(
        f"{words.text[:80]!r} does not say clearly which sound is meant. Which one: {titles}?",
        remedy=f"Give `kind`, such as {nearest[0]}; or describe it in English by what makes the sound. There are: {', '.join(classes())}.",
        field="kind",
    )


def _synthesised(request: EffectRequest, kind: str, words: Description, how: Any, context: Context) -> list[Made]:
    shared: dict[str, Any] = {
        "seed": request.seed,
        "duration_s": request.duration_s,
        "wishes": words.wishes,
        "values": request.parameters,
        "how": how,
        "looped": request.loop,
        "width": request.width,
        "temperature": request.spread,
    }
    orders = [Order(kind, {**shared, "variation": number}) for number in range(request.variations)]
    return context.map(str(request.model), orders, note="variation")


def _from_library(request: EffectRequest, how: Any, context: Context) -> list[Any]:
    """Granular variations of the user's clips, which each result names."""
    from apps.audio.effects.library import vary
    from apps.audio.sound import read_sound

    sounds = [(file.name, read_sound(file.read(), file.name, max_seconds=120)) for file in request.library]
    clips = [(name, sound.samples, sound.rate_hz) for name, sound in sounds]
    made = []
    for number in range(request.variations):
        context.progress(number, request.variations, "variation")
        made.append(
            vary(
                clips,
                duration_s=request.duration_s,
                seed=request.seed,
                variation=number,
                how=how,
                looped=request.loop,
                width=request.width,
            )
        )
    return made


def _pack(effects: Sequence[Any], about: Mapping[str, Any]) -> bytes:
    """A ZIP of the files, `pack.csv` with a row each and `pack.json` with what they have in common."""
    knobs = sorted({key for each in effects for key in each.parameters})
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["file", "duration_s", "loop_start", "loop_end", "sources", *knobs])
    for each in effects:
        sources = "; ".join(f"{source.name} {source.share:.0%}" for source in each.sources)
        writer.writerow(
            [each.file.name, each.duration_s, *(each.loop or ("", "")), sources, *(each.parameters.get(key, "") for key in knobs)]
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each in effects:
            archive.writestr(zipfile.ZipInfo(each.file.name, ZIP_DATE), each.file.read())
        archive.writestr(zipfile.ZipInfo("pack.csv", ZIP_DATE), table.getvalue())
        archive.writestr(zipfile.ZipInfo("pack.json", ZIP_DATE), json.dumps(about, indent=1, ensure_ascii=False))
    return out.getvalue()


def _figures(made: Sequence[Made]) -> list[Figure]:
    import numpy as np

    from apps.audio.effects.finishing import loudness_db

    levels = [loudness_db(one.signal) for one in made]
    peaks = [20 * float(np.log10(max(np.abs(one.signal).max(), 1e-9))) for one in made]
    return [
        Figure(label="length", value=round(sum(one.duration_s for one in made) / len(made), 2), unit="s", reference=f"mean of {len(made)}"),
        Figure(label="loudest 400 ms", value=round(sum(levels) / len(levels), 1), unit="dB RMS", reference="full scale 0 dB"),
        Figure(label="highest peak", value=round(max(peaks), 1), unit="dBFS", reference="at most -1"),
        Figure(label="re-drawn", value=sum(one.redrawn for one in made), unit="draws", reference="silent or clipped"),
    ]


def _warnings(request: EffectRequest, made: Sequence[Made]) -> list[str]:
    if request.loop and request.duration_s and any(abs(one.duration_s - request.duration_s) > 0.01 for one in made):
        return ["The loops differ a little from the duration that was asked for: they are cut where a beat meets a beat."]
    return []
