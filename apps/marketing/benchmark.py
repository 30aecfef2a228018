"""The figures of the marketing studio, recomputed.

    python -m apps.marketing.benchmark [--model NAME ...] [--channels N] [--sheets N] [--outputs N] [--without-raw] [--heldout FOLDER]

On twelve sheets that were written apart from the studio (`heldout/writing.json`), for each tier that is here: limits of the channels
kept, invented digits, must facts covered where there is room, unsupported attributes a description, the fluency and relevance gate
(`measures/fluency.py`), CPU-seconds an output, and outputs drawn at random and printed unselected; beside it the same model asked plainly
and decoded greedily. The composer's row is the grammar's and no model's. On held-out claims (`heldout/claims.jsonl`): recall and false
alarm with Wilson intervals, by label and by industry. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from apps.marketing.language import LOCAL_TIERS
from apps.marketing.measures.claims import claims_table, read_claims
from apps.marketing.measures.fluency import Fluency, is_relevant
from apps.marketing.measures.raw import CHANNELS_ASKED, measure_raw
from apps.marketing.measures.shares import share
from apps.marketing.measures.tiers import Tally, measure_tier, plan
from apps.marketing.models import models
from apps.marketing.sentences import sentence_spans
from apps.marketing.sheet import Sheet
from apps.marketing.verifying import check_with
from shared.app import Context
from shared.serving import Engine

__all__ = ["TARGETS", "main"]

HELDOUT = Path(__file__).parent / "heldout"
TARGETS = {
    "limits kept": 1.0,
    "invented digits": 0.0,
    "must facts": 0.75,
    "unsupported a description": 0.2,
    "gate": 0.9,
    "recall": 0.95,
    "false alarm": 0.05,
}
AT_LEAST = frozenset({"limits kept", "must facts", "gate", "recall"})
GRAMMARS = frozenset({"composer"})
"""Tiers that are no language model: named so, and counted in no figure of a model."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = _arguments(arguments)
    missed: list[str] = []
    claims = read_claims(given.heldout)
    print("Claim check (rules alone), held-out items:", *claims_table(claims)[2], sep="\n  ", flush=True)
    sheets = {name: Sheet.model_validate(each) for name, each in json.loads((given.heldout / "writing.json").read_text("utf-8")).items()}
    pieces = plan(sorted(sheets)[: given.sheets], given.channels)
    with Engine("cpu", models=list(models())) as engine:
        recall, alarm, lines = claims_table(claims, check_with(Context(engine)))
        print("\nClaim check (rules and entailment network), held-out items:", *lines, sep="\n  ", flush=True)
        missed += _missed("claim check", {"recall": recall, "false alarm": alarm})
        fluency = Fluency()
        people, shuffled, total = fluency.shares(
            [
                (item["text"][start:end], item["sheet"])
                for item in claims
                if item["label"] == "supported"
                for start, end in sentence_spans(item["text"])
            ]
        )
        print(f"\nThe grammar gate: people's sentences pass {share(people, total)}; the same, its words shuffled, {share(shuffled, total)}")
        for name in given.model or _here():
            tally = measure_tier(name, pieces, sheets, engine, lambda line: print(f"\r{line}", end="", file=sys.stderr, flush=True))
            kind = "phrase grammar, no language model" if name in GRAMMARS else "language model"
            print(f"\n{name} ({kind}): {len(tally.outputs)} of {len(pieces)} pieces, the composer wrote the others")
            missed += _missed(name, _row(tally, fluency))
            tier = next((tier for tier in LOCAL_TIERS if tier.name == name), None)
            if not given.without_raw and tier is not None:
                print(f"\n{name}, asked plainly and decoded greedily ({', '.join(CHANNELS_ASKED)}; the main field alone)")
                _row(measure_raw(tier, pieces, sheets, engine), fluency)
            _print_outputs(name, tally, given.outputs)
            if tier is not None:
                engine.unload(tier)
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery target is met.")
    return 1 if missed else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Recompute the figures of the marketing studio.")
    parser.add_argument("--model", nargs="+", help="tiers; those that are here when left out")
    parser.add_argument("--channels", type=int, default=5, help="of each sheet, the description among them")
    parser.add_argument("--sheets", type=int, default=None, help="only so many of the sheets, in the order of their names")
    parser.add_argument("--outputs", type=int, default=20, help="of each tier, printed unselected")
    parser.add_argument("--without-raw", action="store_true", help="leave out the same models asked plainly")
    parser.add_argument("--heldout", type=Path, default=HELDOUT, help="folder with claims.jsonl, sheets.json and writing.json")
    return parser.parse_args(arguments)


def _here() -> list[str]:
    """The best tiers that are here; SmolLM2 only where it is named."""
    return [model.name for model in models() if model.task == "write" and model.why_not() is None and model is not LOCAL_TIERS[-1]]


def _row(tally: Tally, fluency: Fluency) -> dict[str, float]:
    """Prints the figures of a tier and returns those that have a target."""
    texts = [(text[start:end], sheet) for _, sheet, each in tally.texts() for text in each for start, end in sentence_spans(text)]
    fluent = sum(fluency.passes(text, sheet) for text, sheet in texts)
    about = sum(is_relevant(each, sheet) for _, sheet, each in tally.texts())
    both = sum(fluency.passes(text, sheet) and is_relevant([text], sheet) for text, sheet in texts)
    row = {
        "limits kept": tally.limits_kept,
        "invented digits": float(tally.invented),
        "must facts": tally.must_where_there_is_room,
        "unsupported a description": tally.unsupported_a_description,
        "gate": both / max(1, len(texts)),
    }
    print(f"  written by it                            {share(len(tally.outputs), tally.asked)}")
    print(f"  ready                                    {tally.ready:.3f}")
    print(f"  limits of the channel kept               {tally.limits_kept:.3f}   target {TARGETS['limits kept']:.2f}")
    print(f"  invented digits                          {tally.invented}       target 0")
    print(f"  must facts, channels with room for all   {row['must facts']:.3f}   target {TARGETS['must facts']}")
    print(
        f"  unsupported attributes a description     {row['unsupported a description']:.3f}   target {TARGETS['unsupported a description']}"
    )
    print(f"  fluent and relevant, of the sentences    {share(both, len(texts))}   target {TARGETS['gate']}")
    print(f"    fluent {share(fluent, len(texts))}; pieces about the product {share(about, tally.asked - tally.given_up)}")
    print(f"  CPU-seconds an output                    {tally.cpu_s / max(1, tally.asked):.2f}", flush=True)
    return row


def _missed(who: str, row: dict[str, float]) -> list[str]:
    return [f"{who}: {name}" for name, value in row.items() if (value < TARGETS[name] if name in AT_LEAST else value > TARGETS[name])]


def _print_outputs(name: str, tally: Tally, count: int) -> None:
    print(f"\n{min(count, len(tally.outputs))} outputs of {name}, drawn at random and not selected:")
    for piece, variant in random.Random(2026).sample(tally.outputs, min(count, len(tally.outputs))):
        state = "" if variant.ready else f", NOT READY: {variant.reasons[0]}"
        print(f"- {piece.sheet}, {piece.channel}, {piece.voice}{state}")
        for field, texts in variant.fields.items():
            print("\n".join(f"    {field}: {text}" for text in texts))
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
