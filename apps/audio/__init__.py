"""Audio: chorales written, played and engraved; sound effects from words; recordings cleaned.

from apps.audio import compose, denoise, effect

compose(melody="tune.abc", seed=3)                     # four voices: MIDI, MusicXML, score, sound
effect(description="a distant, heavy explosion")       # four variations, ready for a game
denoise(recording="interview.wav")                     # cleaned, and what was taken out
"""

from apps.audio.tasks import (
    ComposeRequest,
    ComposeResult,
    DenoiseRequest,
    DenoiseResult,
    EffectRequest,
    EffectResult,
    app,
    compose,
    denoise,
    effect,
)

__all__ = [
    "ComposeRequest",
    "ComposeResult",
    "DenoiseRequest",
    "DenoiseResult",
    "EffectRequest",
    "EffectResult",
    "app",
    "compose",
    "denoise",
    "effect",
]
