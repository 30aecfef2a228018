"""From a recording to a clean one and to what was taken out of it: read, listen, mask on the engine, write in the same format."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from apps.audio.files import Piece, encoded, file_name
from apps.audio.origin import origin_texts, software
from shared.app import Artifact, Context, Figure

if TYPE_CHECKING:
    import numpy as np

    from apps.audio.noise.denoise import Reduced
    from apps.audio.sound import Sound
    from apps.audio.tasks import DenoiseRequest, DenoiseResult

__all__ = ["denoise_request"]

FORMS = {"FLAC": "flac", "OGG": "ogg", "MP3": "mp3", "MPEG": "mp3"}
"""How a recording in this container of libsndfile's is written again; everything else becomes WAV."""
DEEP = ("PCM_24", "PCM_32")
FLOATING = ("FLOAT", "DOUBLE")
METHODS = {"speech": "mask network for voice", "music": "log-MMSE", "effects": "log-MMSE"}


def denoise_request(request: DenoiseRequest, context: Context) -> DenoiseResult:
    """Raises `BadInput` and its kind for what cannot be read, the engine's errors, and `Cancelled`."""
    from apps.audio.noise.denoise import reduce
    from apps.audio.sound import read_sound
    from apps.audio.tasks import DenoiseResult

    sound = read_sound(request.recording.read(), request.recording.name)

    def mask_of(chunk: np.ndarray) -> np.ndarray:
        mask: np.ndarray = context.run(str(request.model), chunk)
        return mask

    reduced = reduce(
        sound,
        mask_of=mask_of,
        material=request.material,
        strength=request.strength,
        hum=request.hum,
        step=lambda done, total: context.progress(done, total, "seconds cleaned"),
    )
    form, notes = _form(request.format, sound)
    stem = file_name(PurePath(request.recording.name).stem)

    def file(samples: np.ndarray, what: str) -> Artifact:
        texts = origin_texts(f"{stem}, {what}", f"{what.capitalize()} by {software()}: {METHODS[reduced.material]}.")
        return encoded(Piece(samples, sound.rate_hz, f"{stem}-{what}", texts), form, context)

    return DenoiseResult(
        cleaned=file(reduced.clean, "cleaned"),
        removed=file(reduced.removed, "removed"),
        material=reduced.material,
        hum_hz=None if reduced.hum_hz is None else round(reduced.hum_hz, 2),
        figures=_figures(reduced, sound),
        warnings=[*sound.notes, *reduced.notes, *notes, *_clipped(reduced, form)],
        metadata={
            "rate": f"{sound.rate_hz:,} Hz",
            "channels": str(sound.channels),
            "duration": f"{sound.seconds:.2f} s",
            "method": METHODS[reduced.material],
            "hum": f"{reduced.hum_hz:.1f} Hz removed" if reduced.hum_hz else "none removed",
        },
    )


def _form(wanted: str, sound: Sound) -> tuple[str, list[str]]:
    """(the format to write, what there is to say about it)"""
    from apps.audio.sound import MP3_RATES_HZ

    if wanted != "same":
        return wanted, []
    form = FORMS.get(sound.container, "float" if sound.subtype in FLOATING else "wav24" if sound.subtype in DEEP else "wav")
    if sound.container.startswith("AIFF"):
        return form, ["The result is WAV: AIFF is read, not written."]
    if form == "mp3" and (sound.channels > 2 or sound.rate_hz not in MP3_RATES_HZ):
        return "wav", ["MP3 cannot hold this rate or these channels: the result is WAV."]
    return form, []


def _clipped(reduced: Reduced, form: str) -> list[str]:
    import numpy as np

    beyond = int((np.abs(reduced.clean) > 1.0).sum())
    if form == "float" or not beyond:
        return []
    return [f"{beyond:,} samples lie beyond full scale and are clipped in this format: take a float WAV in, or lower the recording first."]


def _figures(reduced: Reduced, sound: Sound) -> list[Figure]:
    import numpy as np

    power = float(np.mean(reduced.removed.astype(np.float64) ** 2))
    whole = float(np.mean(sound.samples.astype(np.float64) ** 2))
    found = [
        Figure(
            label="noise floor",
            value=round(reduced.noise_after_db, 1),
            unit="dBFS",
            reference=f"before {reduced.noise_before_db:.1f}: the quietest tenth",
        ),
        Figure(label="taken out", value=round(100 * power / whole, 1) if whole else 0.0, unit="% of the power", reference="listen to it"),
        Figure(
            label="length",
            value=round(sound.seconds, 2),
            unit="s",
            reference=f"{sound.rate_hz:,} Hz, {sound.channels} channel{'' if sound.channels == 1 else 's'}",
        ),
    ]
    if reduced.hum_hz:
        text = f"its lines at {reduced.hum_hz:.1f} Hz and overtones"
        found.insert(1, Figure(label="hum lowered", value=round(reduced.hum_reduction_db, 1), unit="dB", reference=text))
    return found
