"""What the three tasks do: candidates from a model or a file, judged, predicted, reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from apps.molecules import properties, reading, report, safety
from apps.molecules.admet import ENDPOINTS, percentile
from apps.molecules.annalog import AnalogBlock, check_hit
from apps.molecules.cores import core_first
from apps.molecules.filters import Condition, why_rejected
from apps.molecules.judging import Judge
from apps.molecules.molecule import Molecule, Prediction, Refused
from apps.molecules.novelty import known_molecules
from apps.molecules.properties import ALERTS
from apps.molecules.sampling import BLOCK, PriorBlock
from apps.molecules.tasks import AnalogsRequest, GenerateRequest, MoleculesResult, ScoreRequest, app
from shared import audit
from shared.app import Context
from shared.errors import BadInput

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = ["analog_molecules", "generate_molecules", "score_molecules"]

BLOCKS_A_ROUND = 4
"""Sampled ahead of judging: what a round draws beyond the last molecule kept is lost."""
DRAWS_A_MOLECULE = 50
"""Give up after so many draws for each molecule asked for, and at least `FEWEST_DRAWS`: the conditions can hardly be met."""
FEWEST_DRAWS = 2048
ANALOGS_A_BLOCK = 64
ANALOG_DRAWS_A_MOLECULE = 12
FEWEST_ANALOG_DRAWS = 384


def generate_molecules(request: GenerateRequest, context: Context) -> MoleculesResult:
    """Sample the prior until `count` different molecules pass."""
    _refuse_objective(request.where)
    known = known_molecules()
    judge = Judge(request.filters, request.where, is_novel=lambda smiles: smiles not in known, novel_only=request.novel_only)
    size = min(BLOCK, max(32, 2 * request.count))
    limit = max(FEWEST_DRAWS, DRAWS_A_MOLECULE * request.count)
    _draw(request, context, judge, lambda seed: PriorBlock(size, request.temperature, seed), blocks=BLOCKS_A_ROUND, limit=limit)
    if not judge.kept:
        raise BadInput(
            f"None of {judge.counts['drawn']:,} molecules drawn passes: {report.reasons(judge)}.", remedy="Loosen a filter or a condition."
        )
    kept = _with_admet(judge.kept, context) if request.admet else judge.kept
    return report.of_draws(kept, judge, request, context)


def analog_molecules(request: AnalogsRequest, context: Context) -> MoleculesResult:
    """Vary the hit until `count` different analogues pass; most similar first."""
    _refuse_objective(request.where)
    mol, hit = _hit(request)
    start, prefix, _, pattern = core_first(hit.smiles, request.core) if request.core else (hit.smiles, "", 0.0, "")
    fingerprint = properties.fingerprint(mol)
    judge = Judge(
        request.filters,
        request.where,
        similarity=lambda other: properties.tanimoto(fingerprint, properties.fingerprint(other)),
        window=request.similarity,
        core=pattern,
        without=[hit.smiles],
    )
    limit = max(FEWEST_ANALOG_DRAWS, ANALOG_DRAWS_A_MOLECULE * request.count)

    def block(seed: int) -> AnalogBlock:
        return AnalogBlock(start, ANALOGS_A_BLOCK, request.temperature, seed, prefix)

    _draw(request, context, judge, block, blocks=1, limit=limit)
    if not judge.kept:
        raise BadInput(
            f"None of {judge.counts['drawn']:,} analogues drawn passes: {report.reasons(judge)}. {report.spread(judge)}",
            remedy="Widen the window of similarity, raise the temperature, or loosen a filter.",
        )
    kept = sorted(judge.kept, key=lambda molecule: -(molecule.similarity or 0.0))
    found = _with_admet([hit, *kept], context) if request.admet else [hit, *kept]
    return report.of_draws(found[1:], judge, request, context, hit=found[0])


def score_molecules(request: ScoreRequest, context: Context) -> MoleculesResult:
    """Every readable row gets its figures; every other one a reason."""
    conditions = [Condition.parse(text) for text in request.where]
    predicted = request.endpoints != "properties" or any(each.predicted for each in conditions)
    entries, refused = reading.read_molecules(request.molecules, request.file, salts=request.salts)
    scored: list[Molecule] = []
    for done, entry in enumerate(entries):
        finding = safety.screen(entry.mol)
        decision = "allow" if finding is None else safety.decide(finding, "score")
        if finding is not None and decision == "refuse":
            audit.record(app.key, "score", "refused", finding.rule, entry.smiles)
            refused.append(Refused(row=entry.row, name=entry.name, reason=finding.refusal))
            continue
        notes = [*entry.notes, *([finding.note] if finding is not None and decision == "note" else [])]
        scored.append(_judged(_described(entry, request, notes), request, [each for each in conditions if not each.predicted]))
        if done % 10 == 0:
            context.progress(done, len(entries), "molecules described")
    context.progress(len(entries), len(entries) or 1, "molecules described")
    if not scored:
        raise BadInput(f"No molecule can be scored. Row {refused[0].row}: {refused[0].reason}")
    if predicted:
        scored = [_judged(molecule, request, conditions) for molecule in _with_admet(scored, context)]
    return report.of_rows(scored, refused, request, context)


def _draw(request: Any, context: Context, judge: Judge, block: Callable[[int], Any], *, blocks: int, limit: int) -> None:
    """Round after round of `blocks` from the request's model, until the judge has kept enough or `limit` were drawn."""
    for texts in _rounds(request.model, context, block, blocks):
        for text in texts:
            judge.take(text)
            if judge.counts["drawn"] % 16 == 0:
                context.progress(min(len(judge.kept), request.count), request.count, "molecules kept")
            if len(judge.kept) == request.count:
                break
        judge.settle(lambda molecules: _with_admet(molecules, context, note=""))
        if len(judge.kept) >= request.count or judge.counts["drawn"] >= limit:
            break
    del judge.kept[request.count :]
    context.progress(len(judge.kept), len(judge.kept) or 1, "molecules kept")
    for rule, count in judge.withheld.items():
        audit.record(app.key, "output", "withheld", f"{rule}: {count} of {judge.counts['drawn']} drawn", rule)


def _rounds(model: str, context: Context, block: Callable[[int], Any], blocks: int) -> Iterator[list[str]]:
    start = 0
    while True:
        seeds = [int(context.generator(index).integers(2**53)) for index in range(start, start + blocks)]
        yield from context.map(model, [block(seed) for seed in seeds])
        start += blocks


def _refuse_objective(where: Sequence[str]) -> None:
    try:
        safety.refuse_objective(where)
    except BadInput as error:
        audit.record(app.key, "objective", "refused", error.message, ", ".join(where))
        raise


def _hit(request: AnalogsRequest) -> tuple[Chem.Mol, Molecule]:
    """The hit, checked before any work: readable, one component, within the model's vocabulary, harmless."""
    entries, refused = reading.read_molecules([request.hit], None, salts="refuse")
    if refused:
        raise BadInput(refused[0].reason.replace(", or salts=strip (--salts strip) to keep the largest organic one", ""), field="hit")
    entry = entries[0]
    finding = safety.screen(entry.mol)
    if finding is not None and safety.decide(finding, "start") == "refuse":
        audit.record(app.key, "analogs", "refused", finding.rule, entry.smiles)
        raise BadInput(finding.refusal, field="hit")
    check_hit(entry.smiles)
    return entry.mol, Molecule(
        row=0,
        name=entry.name or "hit",
        smiles=entry.smiles,
        inchikey=entry.inchikey,
        properties=properties.describe(entry.mol),
        alerts=properties.alerts(entry.mol, ALERTS),
        similarity=1.0,
        notes=entry.notes,
    )


def _judged(molecule: Molecule, request: ScoreRequest, conditions: Sequence[Condition]) -> Molecule:
    values = {**molecule.properties, **{name: prediction.value for name, prediction in molecule.admet.items()}}
    return molecule.model_copy(update={"rejected": why_rejected(values, molecule.alerts, request.filters, conditions)})


def _described(entry: reading.Entry, request: ScoreRequest, notes: list[str]) -> Molecule:
    wanted = request.endpoints != "admet" or request.filters or request.where
    described = properties.describe(entry.mol) if wanted else {}
    found = properties.alerts(entry.mol, ALERTS) if wanted else {}
    return Molecule(
        row=entry.row,
        name=entry.name,
        smiles=entry.smiles,
        inchikey=entry.inchikey,
        properties=described,
        alerts=found,
        notes=notes,
        tags=entry.tags,
    )


def _with_admet(molecules: Sequence[Molecule], context: Context, note: str = "molecules predicted") -> list[Molecule]:
    """The same molecules with the ensemble's mean, deviation and place among approved drugs for every endpoint."""
    if all(molecule.admet for molecule in molecules):
        return list(molecules)
    predicted = context.map("admet-ai", [molecule.smiles for molecule in molecules], note)
    columns = {}
    for index, name in enumerate(ENDPOINTS):
        columns[name] = percentile(name, [float(each.mean[index]) for each in predicted])
    found = []
    for row, (molecule, each) in enumerate(zip(molecules, predicted, strict=True)):
        predictions = {
            name: Prediction(
                value=round(float(each.mean[index]), 5),
                deviation=round(float(each.deviation[index]), 5),
                percentile=round(float(columns[name][row]), 1),
            )
            for index, name in enumerate(ENDPOINTS)
        }
        notes = molecule.notes
        if absurd := [name for name, each in predictions.items() if ENDPOINTS[name].unphysical(each.value)]:
            notes = [*notes, f"Predicted outside what is physical, so not to be used: {', '.join(absurd)}."]
        found.append(molecule.model_copy(update={"admet": predictions, "notes": notes}))
    return found
