"""Writes `weights/calibration.json` from the logits that the trainings leave: python -m apps.deepfake.calibrate --image A.npz --voice B.npz

Each file holds `cal_logit` (n,), `cal_label` (n,) of 0 captured and 1 made, `cal_generator` (n,) and `cal_person` or `cal_unit` (n,), of
people who neither trained nor tested the head. Where it holds `cal_unseen_*` too, scores of generators by trainings that never met them,
these stand in for the head's own scores of those generators: what it says of a generator that it knows would promise too much.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from apps.deepfake.calibration import CALIBRATION
from apps.deepfake.models import IMAGE_HEAD, VOICE_HEAD

__all__ = ["main", "measured"]

FALSE_ALARM = 0.05
MISSED = {IMAGE_HEAD.name: 0.25, VOICE_HEAD.name: 0.25}
"""At equal rates most files would fall between the lines; a quarter of the made ones without evidence is what the heads allow."""
MOST_LOGITS = 500


def measured(path: Path, missed: float) -> dict[str, object]:
    """A head's entry."""
    with np.load(path, allow_pickle=False) as file:
        known = {name: file[name] for name in file.files if name.startswith("cal_")}
    person = "cal_person" if "cal_person" in known else "cal_unit"
    logits, labels, kinds, people = known["cal_logit"], known["cal_label"], known["cal_generator"], known[person]
    made, makers = logits[labels == 1], people[labels == 1]
    if "cal_unseen_logit" in known:
        unseen = known["cal_unseen_label"] == 1
        kept = (labels == 1) & ~np.isin(kinds, known["cal_unseen_generator"][unseen])
        made = np.concatenate([logits[kept], known["cal_unseen_logit"][unseen]])
        makers = np.concatenate([people[kept], known["cal_unseen_unit"][unseen]])
    return {
        "captured": _entry(logits[labels == 0], people[labels == 0]),
        "made": _entry(made, makers),
        "false_alarm": FALSE_ALARM,
        "missed": missed,
    }


def _entry(logits: np.ndarray, people: np.ndarray) -> dict[str, list[float] | list[int]]:
    """More than 500 logits are thinned to a draw of them; people become numbers."""
    if len(logits) > MOST_LOGITS:
        chosen = np.random.default_rng(0).permutation(len(logits))[:MOST_LOGITS]
        logits, people = logits[chosen], people[chosen]
    order = np.argsort(logits, kind="stable")
    numbers = np.unique(people, return_inverse=True)[1]
    return {"logits": [round(float(one), 4) for one in logits[order]], "units": [int(one) for one in numbers[order]]}


def main() -> None:
    """Replace the entries of the heads that are given; the others stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path)
    parser.add_argument("--voice", type=Path)
    given = parser.parse_args()
    known = json.loads(CALIBRATION.read_text(encoding="utf-8")) if CALIBRATION.is_file() else {}
    for head, path in ((IMAGE_HEAD.name, given.image), (VOICE_HEAD.name, given.voice)):
        if path is not None:
            known[head] = measured(path, MISSED[head])
    CALIBRATION.write_text(json.dumps(known, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
