"""Candidates judged one by one: each is kept, or counted under the reason for which it was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from apps.molecules import properties, safety
from apps.molecules.filters import Condition, needed_alerts, why_rejected
from apps.molecules.molecule import Molecule
from apps.molecules.properties import ALERTS
from apps.molecules.quiet import quiet

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = ["MAX_REJECTED_SHOWN", "Judge"]

MAX_REJECTED_SHOWN = 500


class Judge:
    """Takes SMILES as a model wrote them; collects `kept`, `rejected` and `counts`.

    is_novel: whether a canonical SMILES is new, for `novel_only`; similarity: Tanimoto to the hit, within the window; core: SMARTS of
    what every candidate must hold; without: SMILES that are no candidates.
    """

    def __init__(
        self,
        filters: Sequence[str],
        where: Sequence[str],
        *,
        is_novel: Callable[[str], bool] | None = None,
        novel_only: bool = False,
        similarity: Callable[[Chem.Mol], float] | None = None,
        window: tuple[float, float] = (0.0, 1.0),
        core: str = "",
        without: Sequence[str] = (),
    ) -> None:
        from rdkit import Chem

        conditions = [Condition.parse(text) for text in where]
        self._filters, self._conditions = list(filters), [each for each in conditions if not each.predicted]
        self._predicted = [each for each in conditions if each.predicted]
        self._needed = needed_alerts(filters)
        self._is_novel, self._novel_only = is_novel, novel_only
        self._similarity, self._window = similarity, window
        self._core = Chem.MolFromSmarts(core) if core else None
        self._seen = set(without)
        self.kept: list[Molecule] = []
        self.pending: list[Molecule] = []
        """Pass all but the conditions on predicted endpoints, which `settle` decides."""
        self.rejected: list[Molecule] = []
        self.counts: Counter[str] = Counter()
        self.similarities: list[float] = []
        self.withheld: Counter[str] = Counter()
        self.novel = 0

    def take(self, text: str) -> None:
        """One candidate."""
        from rdkit import Chem

        self.counts["drawn"] += 1
        with quiet():
            mol = Chem.MolFromSmiles(text) if text else None
        if mol is None or "." in text:
            self.counts["invalid"] += 1
            return
        smiles = Chem.MolToSmiles(mol)
        self.counts["valid"] += 1
        if smiles in self._seen:
            self.counts["repeated"] += 1
            return
        self._seen.add(smiles)
        self.counts["unique"] += 1
        finding = safety.screen(mol)
        if finding is not None and safety.decide(finding, "output") == "refuse":
            self.counts["withheld by the safety screen"] += 1
            self.withheld[finding.rule] += 1
            return
        self._judge(mol, smiles, [] if finding is None else [finding.note])

    def _judge(self, mol: Chem.Mol, smiles: str, notes: list[str]) -> None:
        from rdkit import Chem

        reasons = []
        novel = None if self._is_novel is None else self._is_novel(smiles)
        self.novel += novel is True
        if self._novel_only and novel is False:
            reasons.append("in the training set (novel_only)")
        likeness = None
        if self._similarity is not None:
            likeness = self._similarity(mol)
            self.similarities.append(likeness)
            low, high = self._window
            if not low <= likeness <= high:
                reasons.append(f"similarity {likeness:.2f} outside {low:g} to {high:g}")
        if self._core is not None and not mol.HasSubstructMatch(self._core):
            reasons.append("core not kept")
        described = properties.describe(mol) if not reasons else {}
        found = properties.alerts(mol, self._needed) if not reasons else {}
        reasons = reasons or why_rejected(described, found, self._filters, self._conditions)
        if not reasons:
            found = {**properties.alerts(mol, [name for name in ALERTS if name not in found]), **found}
        self._sort(
            Molecule(
                row=self.counts["drawn"],
                smiles=smiles,
                inchikey="" if reasons else Chem.MolToInchiKey(mol),
                properties=described,
                alerts=found,
                novel=novel,
                similarity=likeness,
                rejected=reasons,
                notes=notes,
            ),
            self.pending if self._predicted else self.kept,
        )

    def settle(self, predict: Callable[[Sequence[Molecule]], Sequence[Molecule]]) -> None:
        """Decide what is pending. predict: the same molecules with their ADMET endpoints."""
        waiting, self.pending = self.pending, []
        for molecule in predict(waiting) if waiting else ():
            values = {name: prediction.value for name, prediction in molecule.admet.items()}
            reasons = why_rejected(values, {}, (), self._predicted)
            self._sort(molecule.model_copy(update={"rejected": reasons}), self.kept)

    def _sort(self, molecule: Molecule, passed: list[Molecule]) -> None:
        if not molecule.rejected:
            passed.append(molecule)
            return
        self.counts[f"rejected: {_short(molecule.rejected[0])}"] += 1
        if len(self.rejected) < MAX_REJECTED_SHOWN:
            self.rejected.append(molecule)


def _short(reason: str) -> str:
    """What is counted together: the rule, without the molecule's own figure."""
    if ":" in reason or "(" in reason:
        return reason.partition(":")[0] if ":" in reason else reason.rpartition("(")[2].rstrip(")").partition(",")[0]
    return reason.split(" ", 1)[0]
