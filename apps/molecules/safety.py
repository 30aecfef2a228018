"""Which molecules the studio does not make, vary or rank: chemical weapons, their close relatives, and two kinds of opioids.

    finding = screen(mol)                          None: nothing was found
    decide(finding, "start")                       "allow", "note" or "refuse"
    refuse_objective(["hERG>=0.8"])                raises BadInput

The families are those of the public schedules, in `safety_patterns.json`: the Annex on Chemicals of the Chemical Weapons
Convention (CWC, opcw.org), the UN Single Convention of 1961 and 21 CFR 1308.11. Left out are industrial precursors without a
family of their own (CWC Schedules 2.B.7-9, 2.B.11, 2.B.13-14 and 3.B: triethanolamine is in hand creams), proteins (ricin), and
opioids of other kinds. A message names the family and the regulation and nothing else: what it is told apart by helps nobody who
asks in good faith. A screen of structures finds structures; it does not replace a person who asks what a molecule is for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import BadInput

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = ["Action", "Decision", "Finding", "Use", "decide", "refuse_objective", "screen"]

Action = Literal["block", "flag"]
Use = Literal["score", "start", "output"]
Decision = Literal["allow", "note", "refuse"]

PATTERNS = Path(__file__).with_name("safety_patterns.json")
SEVERITY: tuple[Action, ...] = ("flag", "block")
FEWEST_ATOMS_COMPARED = 8
"""Below that a fingerprint says little, and most components are counter-ions."""


@dataclass(frozen=True)
class Finding:
    """Why a molecule is of concern: the family's public name with its regulation, how grave, and the rule's id for the audit log."""

    family: str
    action: Action
    rule: str

    @property
    def refusal(self) -> str:
        """What its user is told when it is refused."""
        return f"This molecule belongs to a controlled family, or closely resembles it, and the studio does not work on it: {self.family}."

    @property
    def note(self) -> str:
        """What stands beside a molecule that is scored all the same."""
        return f"Controlled family: {self.family}. It is not varied here, and what resembles it is not generated."


def decide(finding: Finding | None, use: Use) -> Decision:
    """What follows: for a molecule to be scored, one that analogues start from, and one that a model made.

    A flag is a note only beside a molecule that its user already has. Nothing flagged is varied, and nothing that a model
    made is shown if it is flagged: making a new member of a controlled family is what the screen is there to prevent.
    """
    if finding is None:
        return "allow"
    return "note" if use == "score" and finding.action == "flag" else "refuse"


def screen(mol: Chem.Mol) -> Finding | None:
    """The gravest finding in any component of a sanitized molecule; explicit hydrogens and isotopes do not matter.

    An approved medicine of such a family is known by the skeleton of its InChIKey and is let through, or flagged where a
    schedule names the substance itself.
    """
    plain = _without_hydrogens(mol)
    elements = _elements(plain)
    found = [finding for component in _components(plain) for finding in _found_in(component, elements)]
    return max(found, key=lambda finding: SEVERITY.index(finding.action), default=None)


def refuse_objective(conditions: Sequence[object]) -> None:
    """Raises `BadInput` for conditions that ask for a toxic molecule: any but `endpoint <= number` or `endpoint < number`.

    conditions: as written, or objects whose `str` is the condition. All toxicity endpoints rise with the hazard, LD50_Zhu too
    (-log10 of mol/kg). Why: Urbina et al. 2022, doi:10.1038/s42256-022-00465-9, where a generator of medicines whose
    objective was turned round proposed nerve agents within hours.
    """
    for condition in conditions:
        text = str(condition)
        if _names_toxicity(text) and not _LOWER.fullmatch(text):
            raise BadInput(
                f"The condition {text!r} asks for higher predicted toxicity, which is refused.",
                remedy="A toxicity endpoint takes an upper limit only: `endpoint <= number`.",
                field="where",
            )


_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*%?"
_NAME = r"[A-Za-z][\w .:/-]*?"
_LOWER = re.compile(rf"\s*(?:{_NAME}\s*(?:<=?|≤)\s*{_NUMBER}|{_NUMBER}\s*(?:>=?|≥)\s*{_NAME})\s*")
_TOXIC = re.compile(r"herg|ames|clintox|ld50|dili|carcinogen|skin|toxic|(?<![a-z0-9])(?:nr|sr)(?![a-z0-9])")


def _names_toxicity(text: str) -> bool:
    """Whether it speaks of an endpoint of the kinds that ADMET-AI predicts: Tox21's NR-* and SR-* and the others by their names."""
    return _TOXIC.search(text.casefold().replace("_", "-")) is not None


@dataclass(frozen=True)
class _Rule:
    """A family by its SMARTS. needs: one element of each group is in the molecule, or the patterns are not tried."""

    finding: Finding
    needs: tuple[frozenset[str], ...]
    patterns: tuple[Chem.Mol, ...]
    without: frozenset[str] = frozenset()
    at_least: int = 1
    max_heavy: int | None = None
    """Largest component, in heavy atoms, that counts: a reactive group alone does not make a large molecule an agent."""


@dataclass(frozen=True)
class _Likeness:
    """A family by its Tanimoto similarity (Morgan, radius 2, 2048 bits) to reference molecules."""

    finding: Finding
    fingerprints: list[Any]


@dataclass(frozen=True)
class _Table:
    rules: tuple[_Rule, ...]
    likenesses: tuple[_Likeness, ...]
    threshold: float
    approved: dict[str, str]


@cache
def _table() -> _Table:
    from rdkit import Chem

    raw = json.loads(PATTERNS.read_text(encoding="utf-8"))

    def pattern(smarts: str) -> Chem.Mol:
        for name, text in raw["abbreviations"].items():
            smarts = smarts.replace(f"<{name}>", text)
        return Chem.MolFromSmarts(smarts)

    rules = tuple(
        _Rule(
            finding=_finding(row),
            needs=tuple(frozenset(group) for group in row["needs"]),
            patterns=tuple(pattern(smarts) for smarts in row["smarts"]),
            without=frozenset(row.get("without", ())),
            at_least=row.get("at_least", 1),
            max_heavy=row.get("max_heavy"),
        )
        for row in raw["rules"]
    )
    likenesses = tuple(
        _Likeness(_finding(row), [_fingerprint(Chem.MolFromSmiles(smiles)) for smiles in row["references"]]) for row in raw["similar"]
    )
    return _Table(rules, likenesses, raw["threshold"], {row["key"]: row["action"] for row in raw["approved"]})


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(family=row["family"], action=row["action"], rule=row["id"])


def _without_hydrogens(mol: Chem.Mol) -> Chem.Mol:
    """Deuterium and the hydrogens of a 3D file are atoms of the graph: patterns that count neighbours would miss what they hang on."""
    from rdkit import Chem

    return Chem.RemoveAllHs(mol) if any(atom.GetAtomicNum() == 1 for atom in mol.GetAtoms()) else mol


def _elements(mol: Chem.Mol) -> set[str]:
    return {atom.GetSymbol() for atom in mol.GetAtoms()}


def _components(mol: Chem.Mol) -> Sequence[Chem.Mol]:
    """Each for itself: a counter-ion would water down the similarity of a salt, and a medicine in it would excuse its neighbour."""
    from rdkit import Chem

    if len(Chem.GetMolFrags(mol)) == 1:
        return (mol,)
    components = Chem.GetMolFrags(mol, asMols=True, sanitizeFrags=False)
    for component in components:
        Chem.FastFindRings(component)
    return components


def _found_in(component: Chem.Mol, around: set[str]) -> Iterator[Finding]:
    """Findings in one component, less what is approved; around: the elements of the whole molecule."""
    found = [*_by_rule(component, around), *_by_similarity(component)]
    approved = _approved(component) if found else None
    for finding in found:
        if approved is None:
            yield finding
        elif approved == "flag":
            yield replace(finding, action="flag", family=f"{finding.family}; this one is an approved medicine")


def _by_rule(component: Chem.Mol, around: set[str]) -> Iterator[Finding]:
    elements = _elements(component)
    for rule in _table().rules:
        if not all(group & elements for group in rule.needs) or rule.without & around:
            continue
        if rule.max_heavy is not None and component.GetNumAtoms() > rule.max_heavy:
            continue
        if sum(len(component.GetSubstructMatches(pattern)) for pattern in rule.patterns) >= rule.at_least:
            yield rule.finding


def _by_similarity(component: Chem.Mol) -> Iterator[Finding]:
    from rdkit import DataStructs

    if component.GetNumAtoms() < FEWEST_ATOMS_COMPARED:
        return
    table, fingerprint = _table(), _fingerprint(component)
    for likeness in table.likenesses:
        if max(DataStructs.BulkTanimotoSimilarity(fingerprint, likeness.fingerprints)) >= table.threshold:
            yield likeness.finding


def _fingerprint(mol: Chem.Mol) -> Any:
    return _generator().GetFingerprint(mol)


@cache
def _generator() -> Any:
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)


def _approved(component: Chem.Mol) -> str | None:
    """ "allow" or "flag" for an approved medicine, by the skeleton of its InChIKey: a protonated form or an enantiomer is it too."""
    from rdkit import Chem

    return _table().approved.get(Chem.MolToInchiKey(component).partition("-")[0])
