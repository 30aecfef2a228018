"""The figures of the deepfake studio's README and model card, recomputed.

    python -m apps.deepfake.benchmark --faces FOLDER --speech FOLDER --work FOLDER [--only PART ...] [--quick]

Parts: own (is every untouched output of every studio recognised), times (the whole inspection), forensics, image, voice, verdicts (what
the calibrated heads come to on files of people and generators that calibration has not seen). --faces: neutral_front/, smiling_front/ and
canada/ of the London and Canada sets; --speech: LibriSpeech utterances; --work: where fakes and trainings lie or are made, `image` and
`voice` in it (voice/held/FAMILIES: trainings without these families; logits.npz of either: what `--calibration` wrote). Each part runs in
a process of its own. A part whose data is not given is left out by name. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

__all__ = ["PARTS", "commands", "main"]

PARTS = ("own", "times", "forensics", "image", "voice", "verdicts")


def commands(given: argparse.Namespace) -> dict[str, list[str]]:
    """{part: its command}, of those whose data is there; what is left out is printed."""
    image, voice = (None if given.work is None else given.work / kind for kind in ("image", "voice"))
    quick = ["--quick"] if given.quick else []
    wanted: dict[str, tuple[list[str], list[tuple[str, Path | None]]]] = {
        "own": (["apps.deepfake.measures.own"], []),
        "times": (["apps.deepfake.measures.times"], []),
        "forensics": (["apps.deepfake.forensics.benchmark", *quick], [("--faces", given.faces)]),
        "image": (
            ["apps.deepfake.image.benchmark", *(["--conditions", "clean", "JPEG75"] if given.quick else ["--baselines"])],
            [("--faces", given.faces), ("--work", image)],
        ),
        "voice": (["apps.deepfake.voice.benchmark", *_held(voice)], [("--speech", given.speech), ("--fakes", voice and voice / "fakes")]),
        "verdicts": (
            ["apps.deepfake.measures.verdicts"],
            [("--image", image and image / "logits.npz"), ("--voice", voice and voice / "logits.npz")],
        ),
    }
    found = {}
    for part in given.only:
        command, data = wanted[part]
        missing = [option for option, path in data if path is None or not path.exists()]
        if missing:
            print(f"{part} is left out: {', '.join(missing)} is not there.", file=sys.stderr)
            continue
        found[part] = [*command, *(word for option, path in data for word in (option, str(path)))]
    return found


def _held(voice: Path | None) -> list[str]:
    """Trainings `--without` some families, in folders that are named by them: `held/kokoro,world`."""
    folders = sorted((voice / "held").glob("*")) if voice is not None else []
    return [word for folder in folders for word in ("--held", f"{folder}:{folder.name}")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer conditions, no baselines")
    status = 0
    for part, command in commands(parser.parse_args()).items():
        print(f"\n## {part}\n", flush=True)
        status |= subprocess.run([sys.executable, "-m", *command], check=False).returncode
    return min(status, 1)


if __name__ == "__main__":
    sys.exit(main())
