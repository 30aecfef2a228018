"""The result of a task: figures, warnings and the three files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from apps.molecules import output
from apps.molecules.judging import MAX_REJECTED_SHOWN, Judge
from apps.molecules.molecule import Molecule, Refused
from apps.molecules.tasks import MoleculesResult, ScoreRequest
from shared.app import Context, Figure, Request

__all__ = ["of_draws", "of_rows", "reasons", "spread"]

REASONS_SHOWN = 3


def of_draws(kept: Sequence[Molecule], judge: Judge, request: Any, context: Context, *, hit: Molecule | None = None) -> MoleculesResult:
    """What was drawn from a model and judged."""
    warnings = []
    if len(kept) < request.count:
        drawn = judge.counts["drawn"]
        warnings.append(
            f"Only {len(kept)} of {request.count} were found among {drawn:,} drawn: {reasons(judge)}. Loosen a filter or a condition."
        )
    if withheld := judge.counts["withheld by the safety screen"]:
        warnings.append(
            f"{withheld} of {judge.counts['drawn']:,} drawn belong to controlled families and were withheld by the safety screen."
        )
    return MoleculesResult(
        molecules=list(kept),
        rejected=judge.rejected,
        counts={**judge.counts, "kept": len(kept)},
        hit=hit,
        figures=_figures(kept, judge, request),
        warnings=warnings,
        **_files([hit, *kept] if hit else kept, judge.rejected, (), _origin(request), context, highlight=hit),
    )


def of_rows(scored: Sequence[Molecule], refused: Sequence[Refused], request: ScoreRequest, context: Context) -> MoleculesResult:
    """What was read and scored; a molecule that a filter rejects is reported all the same."""
    ordered = sorted(refused, key=lambda row: row.row)
    rejected = [molecule for molecule in scored if molecule.rejected]
    rows = len(scored) + len(refused)
    figures = [Figure(label="scored", value=len(scored), unit="molecules", reference=f"of {rows:,} rows")]
    if request.filters or request.where:
        figures.append(
            Figure(label="pass every filter", value=len(scored) - len(rejected), unit="molecules", reference=f"of {len(scored):,} scored")
        )
    figures += _medians(scored)
    warnings = []
    if ordered:
        warnings.append(f"{len(ordered)} of {rows:,} rows could not be used. Row {ordered[0].row}: {ordered[0].reason}")
    return MoleculesResult(
        molecules=list(scored),
        rejected=rejected[:MAX_REJECTED_SHOWN],
        refused=ordered,
        counts={"rows": rows, "scored": len(scored), "refused": len(refused), "rejected": len(rejected)},
        figures=figures,
        warnings=warnings,
        **_files(scored, (), ordered, _origin(request), context),
    )


def reasons(judge: Judge) -> str:
    """Why candidates were not kept, the most frequent first."""
    found = [(count, name) for name, count in judge.counts.items() if name not in ("drawn", "valid", "unique")]
    return ", ".join(f"{name.removeprefix('rejected: ')} {count:,}" for count, name in sorted(found, reverse=True)[:REASONS_SHOWN])


def spread(judge: Judge) -> str:
    """Where the drawn analogues lay."""
    similarities = judge.similarities
    if not similarities:
        return "None could be read."
    return f"Their similarity lies between {min(similarities):.2f} and {max(similarities):.2f}, median {median(similarities):.2f}."


def _figures(kept: Sequence[Molecule], judge: Judge, request: Any) -> list[Figure]:
    counts = judge.counts
    figures = [
        Figure(
            label="valid",
            value=_percent(counts["valid"], counts["drawn"]),
            unit="%",
            reference=f"of {counts['drawn']:,} drawn, before any filter",
        ),
        Figure(
            label="kept",
            value=_percent(len(kept), counts["drawn"]),
            unit="%",
            reference=f"{len(kept):,} of {counts['drawn']:,} drawn pass everything",
        ),
    ]
    if kept and kept[0].novel is not None:
        reference = "of the valid, different ones: not in the training set (1.58 million)"
        figures.append(Figure(label="novel", value=_percent(judge.novel, counts["unique"]), unit="%", reference=reference))
    if kept and kept[0].similarity is not None:
        low, high = request.similarity
        value = median(molecule.similarity or 0.0 for molecule in kept)
        figures.append(
            Figure(
                label="similarity to the hit",
                value=round(value, 3),
                reference=f"median Tanimoto, Morgan radius 2; asked {low:g} to {high:g}",
            )
        )
    return [*figures, *_medians(kept)[:1]]


def _medians(molecules: Sequence[Molecule]) -> list[Figure]:
    """References: medians of the MOSES test set (reference/histograms.json)."""
    from apps.molecules.histograms import reference_median

    found = []
    for name in ("QED", "SA"):
        values = [molecule.properties[name] for molecule in molecules if name in molecule.properties]
        if values:
            found.append(
                Figure(label=f"median {name}", value=round(median(values), 2), reference=f"MOSES test set: {reference_median(name):.2f}")
            )
    return found


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _origin(request: Request) -> dict[str, str]:
    """How the files say that they were made. No time and no run: repeating a run gives the same bytes."""
    from importlib.metadata import version

    from apps.molecules.models import MODELS

    (model,) = [model for model in MODELS if model.name == request.model]
    return {
        "tool": "Sextant molecules",
        "version": version("sextant-suite"),
        "model": model.name,
        "revision": model.source.revision,
        "seed": str(request.seed),
        "source type": "trainedAlgorithmicMedia" if model.task != "score" else "predictions for given structures",
    }


def _files(
    kept: Sequence[Molecule],
    rejected: Sequence[Molecule],
    refused: Sequence[Refused],
    origin: Mapping[str, str],
    context: Context,
    *,
    highlight: Molecule | None = None,
) -> dict[str, Any]:
    return {
        "preview": context.artifact("molecules.png", output.grid_png(kept, origin=origin), "image/png"),
        "sdf": context.artifact("molecules.sdf", output.write_sdf(kept, origin), "chemical/x-mdl-sdfile"),
        "csv": context.artifact("molecules.csv", output.write_csv(kept, rejected, refused), "text/csv"),
    }
