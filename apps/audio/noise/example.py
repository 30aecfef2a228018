"""The noisy recording among the studio's examples: a speaker the network never heard, on a windy street, with mains hum.

python -m apps.audio.noise.example --speech FOLDER     # LibriSpeech train-clean-100, CC BY 4.0
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from apps.audio.effects.making import make
from apps.audio.noise.corpus import resampled, speakers, utterance
from apps.audio.noise.spectra import NETWORK_RATE_HZ, Floats

__all__ = ["main", "street"]

SECONDS = 8.0
SNR_DB = 4.0
HUM_HZ, HUM_DB = 50.0, -12.0
"""The hum's level is relative to the speech."""
PEAK = 0.7


def street(speech: Floats) -> Floats:
    """(n,) speech at 16 kHz -> the same in wind and traffic, 4 dB under it, and a 50 Hz hum with overtones."""
    n, seconds = len(speech), len(speech) / NETWORK_RATE_HZ
    noise = np.zeros(n, np.float32)
    for kind, share in (("wind", 1.0), ("engine", 0.6)):
        made = resampled(make(kind, seed=11, duration_s=seconds + 0.1).signal, 48_000, NETWORK_RATE_HZ)[:n]
        noise += share * made / np.sqrt(np.mean(made**2))
    level = np.sqrt(np.mean(speech**2))
    noise *= level * 10 ** (-SNR_DB / 20) / np.sqrt(np.mean(noise**2))
    time = np.arange(n) / NETWORK_RATE_HZ
    hum = sum(np.sin(2 * np.pi * HUM_HZ * k * time + k) / k for k in range(1, 7))
    hum = hum * level * 10 ** (HUM_DB / 20) / np.sqrt(np.mean(hum**2))
    mixed = speech + noise + hum.astype(np.float32)
    return np.asarray(PEAK * mixed / np.abs(mixed).max(), np.float32)


def main() -> None:
    import soundfile

    parser = argparse.ArgumentParser(description="Write examples/street.flac.")
    parser.add_argument("--speech", type=Path, required=True, help="a folder of LibriSpeech utterances")
    arguments = parser.parse_args()
    path = speakers(arguments.speech, "test")[0]
    speech = utterance(path)[: round(SECONDS * NETWORK_RATE_HZ)]
    target = Path(__file__).parents[1] / "examples" / "street.flac"
    soundfile.write(target, street(speech), NETWORK_RATE_HZ, subtype="PCM_16")
    print(f"{target.name}: {path.stem}, {SECONDS:g} s")


if __name__ == "__main__":
    main()
