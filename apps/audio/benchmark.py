"""The figures of the audio studio's README and model card, recomputed: chorales, effects, noise reduction.

    python -m apps.audio.benchmark [--chorales FILE] [--effects FOLDER] [--speech FOLDER] [--only PART ...] [--quick]

--chorales: what `chorales/derive.py` wrote; without it music21's wheel is downloaded by pip into the user's cache and derived there.
--effects: the clips with their index.csv; --speech: LibriSpeech utterances, SPEAKER-CHAPTER-UTTERANCE.flac. A part whose data is not
given is left out by name. Each part runs in a process of its own, on one thread. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.errors import SextantError, Unavailable

__all__ = ["PARTS", "commands", "fetch_chorales", "main"]

PARTS = ("chorales", "effects", "denoise")
MUSIC21 = "music21==10.5.0"
QUICK_PIECES = 10


def cache() -> Path:
    """Where music21's corpus is kept."""
    import platformdirs

    return platformdirs.user_cache_path("sextant") / "audio"


def fetch_chorales(folder: Path) -> Path:
    """The derived chorales in `folder`, made there if they are missing. Raises Unavailable where pip cannot download."""
    found = folder / "chorales.npz"
    if found.is_file():
        return found
    corpus = folder / "music21"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(corpus), MUSIC21]
    derive = [sys.executable, "-m", "apps.audio.chorales.derive", "--corpus", str(corpus), "--out", str(found)]
    for command in (pip, derive):
        print(" ".join(command), file=sys.stderr, flush=True)
        if subprocess.run(command, check=False).returncode:
            raise Unavailable(f"{MUSIC21} could not be had.", remedy="Derive the chorales elsewhere and give --chorales FILE.")
    return found


def commands(arguments: argparse.Namespace) -> dict[str, list[str]]:
    """{part: its command}, of those whose data is there; what is left out is printed."""
    found: dict[str, list[str]] = {}
    if "chorales" in arguments.only:
        data = arguments.chorales or fetch_chorales(cache())
        found["chorales"] = ["apps.audio.chorales.benchmark", "--data", str(data)]
        found["chorales"] += ["--pieces", str(QUICK_PIECES)] if arguments.quick else []
    wanted: dict[str, tuple[str, Sequence[tuple[str, Path | None]]]] = {
        "effects": ("apps.audio.effects.judge", [("--data", arguments.effects)]),
        "denoise": ("apps.audio.noise.benchmark", [("--speech", arguments.speech), ("--effects", arguments.effects)]),
    }
    for part, (module, folders) in wanted.items():
        if part not in arguments.only:
            continue
        if missing := [option for option, folder in folders if folder is None]:
            names = {"--data": "--effects"}
            print(f"{part}: left out, for want of {' and '.join(names.get(name, name) for name in missing)} FOLDER", flush=True)
            continue
        found[part] = [module, *(text for option, folder in folders for text in (option, str(folder)))]
        found[part] += ["--quick"] if arguments.quick else []
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Recompute the figures of the audio studio.")
    parser.add_argument("--chorales", type=Path, help="derived chorales (.npz)")
    parser.add_argument("--effects", type=Path, help="folder of effect clips with index.csv")
    parser.add_argument("--speech", type=Path, help="folder of LibriSpeech utterances")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer pieces, draws and utterances")
    try:
        parts = commands(parser.parse_args())
    except SextantError as error:
        print(error, file=sys.stderr)
        return 2
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    failed = []
    for part, command in parts.items():
        print(f"\n## {part}\n", flush=True)
        if subprocess.run([sys.executable, "-m", *command], check=False, env=one_thread).returncode:
            failed.append(part)
    if failed:
        print(f"\nMissed or broken: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
