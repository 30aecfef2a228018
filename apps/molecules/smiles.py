"""SMILES in; and where the fault stands in one that cannot be read.

RDKit decides what is a molecule. Only a string that it refuses is scanned here, so that the message can name a position: RDKit says
it on standard error, which threads share. Positions and atoms count from 0.
"""

from __future__ import annotations

import re
from typing import NoReturn

from rdkit import Chem

from apps.molecules.quiet import quiet
from shared.errors import BadInput, TooLarge

__all__ = ["MAX_SMILES", "chemistry_fault", "element_name", "is_smiles", "parse_smiles"]

MAX_SMILES = 2000
"""Characters: four times what a molecule of 100 heavy atoms needs, and too few to keep RDKit busy (worst of 15 tried: 0.2 s)."""

SHOWN = 80
"""Characters of the string that a message repeats."""

GRAPHIC = re.compile(r"[!-~]+")
TOKEN = re.compile(
    r"(?P<atom>Br|Cl|[BCNOPSFIbcnops*])|(?P<bracket>\[)|(?P<bond><-|->|[-=#$:/\\~])|(?P<open>\()|(?P<close>\))"
    r"|(?P<ring>%\(\d{1,5}\)|%\d\d|\d)|(?P<dot>\.)"
)
BRACKET = re.compile(r"\d*(?:[A-Z][a-z]?|[a-z]{1,2}|\*|#\d+)(?:@{1,2}|@[A-Z]{2}\d+)?(?:H\d*)?(?:\++\d*|-+\d*)?(?::\d+)?")
ELEMENTS = frozenset(Chem.GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119))
AROMATIC = frozenset(("b", "c", "n", "o", "p", "s", "as", "se", "si", "te"))
WORD = re.compile(r"\d*([A-Za-z]+)")
"""The letters that a bracket begins with, behind an isotope's number: element and hydrogens, or nonsense."""
HINTS = {
    "D": "Deuterium is written [2H].",
    "T": "Tritium is written [3H].",
    ">": "Give one molecule, not a reaction.",
    "CL": "Chlorine is written Cl.",
    "BR": "Bromine is written Br.",
}
HINTS |= dict.fromkeys(("R", "X", "A", "Q", "M"), "Replace the placeholder by an atom.")


def parse_smiles(text: str) -> Chem.Mol:
    """The molecule, sanitised, hydrogens implicit. Raises `BadInput` that names the position of the fault, counted from 0."""
    smiles = text.strip()
    if not smiles:
        raise BadInput("No SMILES is given.", remedy="Give a molecule such as CC(=O)Oc1ccccc1C(=O)O.")
    if len(smiles) > MAX_SMILES:
        message = f"{_shown(smiles, 0)}: {len(smiles):,} characters; at most {MAX_SMILES:,} are read."
        raise TooLarge(message, remedy="Give a molecule of at most 100 heavy atoms.")
    if not GRAPHIC.fullmatch(smiles):
        _refuse_characters(smiles)
    mol = _molecule(smiles, sanitise=True)
    if mol is None:
        _explain(smiles)
    return mol


def is_smiles(text: str) -> bool:
    """Whether `text` alone is a SMILES string of at least one atom."""
    smiles = text.strip()
    return len(smiles) <= MAX_SMILES and GRAPHIC.fullmatch(smiles) is not None and _molecule(smiles, sanitise=True) is not None


def _molecule(smiles: str, *, sanitise: bool) -> Chem.Mol | None:
    with quiet():
        try:
            mol: Chem.Mol | None = Chem.MolFromSmiles(smiles, sanitize=sanitise)
        except Exception:  # a broken invariant inside RDKit: the scan finds words for it
            return None
    return mol if mol is not None and mol.GetNumAtoms() else None


def _shown(smiles: str, position: int) -> str:
    """The string, or the part of it around `position`."""
    start = max(0, min(position - SHOWN // 2, len(smiles) - SHOWN))
    part = smiles[start : start + SHOWN]
    return f"{'…' if start else ''}{part}{'…' if start + SHOWN < len(smiles) else ''}"


def _fault(smiles: str, position: int, what: str, remedy: str) -> NoReturn:
    raise BadInput(f"{_shown(smiles, position)}: {what}.", remedy=f"{remedy} (Positions count from 0.)")


def _refuse_characters(smiles: str) -> NoReturn:
    position = next(i for i, c in enumerate(smiles) if not GRAPHIC.fullmatch(c))
    shown = "".join(c if c.isprintable() else "?" for c in smiles)
    if smiles[position].isspace():
        _fault(shown, position, f"a space at position {position}", "SMILES has none: give one molecule, without its name.")
    character = repr(smiles[position])
    _fault(shown, position, f"the character {character} at position {position} is no part of SMILES", "Type it again.")


def _explain(smiles: str) -> NoReturn:
    """Raises `BadInput` for a string that RDKit refused."""
    if smiles.startswith("InChI="):
        raise BadInput(f"{_shown(smiles, 0)}: this is an InChI.", remedy="Give the molecule as SMILES.")
    scan = _Scan(smiles)
    scan.run()
    raw = _molecule(smiles, sanitise=False)
    positions = scan.atoms if raw is not None and len(scan.atoms) == raw.GetNumAtoms() else None
    found = None if raw is None else chemistry_fault(raw, positions)
    if found is None:
        raise BadInput(f"{_shown(smiles, 0)}: RDKit cannot read this SMILES.", remedy="Draw the molecule again and export it.")
    what, remedy, position = found
    _fault(smiles, position, what, remedy)


def element_name(symbol: str) -> str:
    """ "Cl" -> "chlorine"."""
    table = Chem.GetPeriodicTable()
    name: str = table.GetElementName(table.GetAtomicNumber(symbol))
    return name.lower()


def chemistry_fault(raw: Chem.Mol, positions: list[int] | None = None) -> tuple[str, str, int] | None:
    """(what is wrong, remedy, position) of an unsanitised molecule; None where RDKit finds nothing.

    positions: of its atoms in the string. Without them atoms are numbered from 1, as in a molfile, and the position is 0.
    """

    def place(index: int) -> str:
        return f"atom {index + 1}" if positions is None else f"atom {index} at position {positions[index]}"

    with quiet():
        problems = Chem.DetectChemistryProblems(raw)
    for problem in problems:
        kind = problem.GetType()
        if kind == "KekulizeException":
            indices = list(problem.GetAtomIndices())
            where = ", ".join(str(i + 1 if positions is None else positions[i]) for i in indices[:8])
            what = "no alternating double bonds fit the aromatic atoms " + ("" if positions is None else "at positions ") + where
            first = 0 if positions is None else positions[indices[0]]
            return what, "Often an [nH] is written as n, or a ring atom is missing.", first
        index = problem.GetAtomIdx()
        symbol = raw.GetAtomWithIdx(index).GetSymbol()
        first = 0 if positions is None else positions[index]
        if kind == "AtomValenceException":
            bonds = re.search(r", (\d+),", problem.Message())
            what = f"{element_name(symbol)} ({symbol}, {place(index)}) has {bonds[1] if bonds else 'too many'} bonds, more than it can have"
            hint = ": nitrogen with four bonds is [N+]" if symbol == "N" else ""
            return what, f"Check its bonds, its hydrogens and its charge{hint}.", first
        if kind == "AtomKekulizeException":
            return f"{symbol} ({place(index)}) is written as aromatic, but stands in no ring", "Write it as a capital letter.", first
        return f"{symbol} ({place(index)}): {problem.Message()}", "Check this atom.", first
    return None


def _is_element(word: str) -> bool:
    """Whether a bracket may begin with these letters: an element, or an aromatic atom, and perhaps hydrogens."""
    return any(known in ELEMENTS | AROMATIC for known in (word, word.removesuffix("H")))


class _Scan:
    """Goes through a SMILES string once; `run` raises `BadInput` at the first fault of grammar, and leaves the atoms' positions."""

    def __init__(self, smiles: str) -> None:
        self.smiles = smiles
        self.atoms: list[int] = []
        self.previous: int | None = None
        self.pending: int | None = None
        """Position of a bond whose second atom has not come yet."""
        self.branches: list[tuple[int, int]] = []
        self.rings: dict[str, tuple[int, int]] = {}
        self.bonds: set[frozenset[int]] = set()

    def run(self) -> None:
        at = 0
        while at < len(self.smiles):
            match = TOKEN.match(self.smiles, at)
            if match is None:
                self._unknown(at)
            kind = match.lastgroup or ""
            at = getattr(self, f"_{kind}")(at, match.group())
        if self.branches:
            self._fail(self.branches[-1][0], "the bracket opened at position {} is never closed", "Close it with ')'.")
        if self.rings:
            label, (position, _) = min(self.rings.items(), key=lambda item: item[1])
            self._fail(position, f"ring {label.strip('%()')}, opened at position {{}}, is never closed", f"Close it with another {label}.")
        self._bond_is_complete()
        if self.previous is None:
            self._fail(len(self.smiles) - 1, "the dot at position {} has no molecule behind it", "Remove it.")

    def _fail(self, position: int, what: str, remedy: str) -> NoReturn:
        _fault(self.smiles, position, what.replace("{}", str(position)), remedy)

    def _unknown(self, at: int) -> NoReturn:
        symbol, pair = self.smiles[at], self.smiles[max(0, at - 1) : at + 1]
        if symbol == "]":
            self._fail(at, "the ']' at position {} closes nothing", "Remove it, or open it with '['.")
        if symbol == "%":
            self._fail(at, "'%' at position {} is followed by less than two digits", "Write ring numbers from 10 as %10.")
        longer = self.smiles[at : at + 2]
        if longer in ELEMENTS or pair in ELEMENTS or symbol in ELEMENTS:
            element = longer if longer in ELEMENTS else pair if pair in ELEMENTS else symbol
            self._fail(
                at, f"{symbol!r} at position {{}} cannot stand outside brackets", f"If {element_name(element)} is meant, write [{element}]."
            )
        remedy = (
            HINTS.get(pair.upper()) or HINTS.get(symbol) or "Outside brackets B, C, N, O, P, S, F, Cl, Br, I and b c n o p s may stand."
        )
        self._fail(at, f"{symbol!r} at position {{}} is no symbol of SMILES", remedy)

    def _atom(self, at: int, token: str) -> int:
        if self.previous is not None:
            self.bonds.add(frozenset((self.previous, len(self.atoms))))
        self.previous = len(self.atoms)
        self.atoms.append(at)
        self.pending = None
        return at + len(token)

    def _bracket(self, at: int, token: str) -> int:
        end = self.smiles.find("]", at)
        inner = self.smiles[at + 1 : end]
        if end < 0 or "[" in inner:
            self._fail(at, "the bracket opened at position {} is never closed", "Close it with ']'.")
        if not inner:
            self._fail(at, "the bracket at position {} is empty", "Remove it.")
        word = WORD.match(inner)
        if word and not _is_element(word.group(1)):
            remedy = HINTS.get(word.group(1)) or "Give a chemical element, e.g. [Se] or [nH]."
            self._fail(at, f"{word.group(1)!r} in the bracket at position {{}} is no chemical element", remedy)
        if BRACKET.fullmatch(inner) is None:
            remedy = "The order is isotope, element, @ or @@, hydrogens, charge: [13C@@H], [N+], [O-]."
            self._fail(at, f"[{inner}] at position {{}} is no atom", remedy)
        self._atom(at, token)
        return end + 1

    def _bond(self, at: int, token: str) -> int:
        if self.pending is not None:
            self._fail(at, f"{token!r} at position {{}} follows another bond", "Keep one of them.")
        if self.previous is None:
            self._fail(at, f"the bond {token!r} at position {{}} has no atom before it", "Begin with an atom.")
        self.pending = at
        return at + len(token)

    def _bond_is_complete(self) -> None:
        if self.pending is not None:
            self._fail(
                self.pending, f"the bond {self.smiles[self.pending]!r} at position {{}} leads to no atom", "Add the atom, or remove it."
            )

    def _open(self, at: int, token: str) -> int:
        if self.previous is None:
            self._fail(at, "the bracket opened at position {} has no atom before it", "Begin with an atom.")
        if self.smiles[at + 1 : at + 2] == ")":
            self._fail(at, "the bracket opened at position {} is empty", "Remove it.")
        self._bond_is_complete()
        self.branches.append((at, self.previous))
        return at + 1

    def _close(self, at: int, token: str) -> int:
        self._bond_is_complete()
        if not self.branches:
            self._fail(at, "the ')' at position {} closes nothing", "Remove it, or open it with '('.")
        self.previous = self.branches.pop()[1]
        return at + 1

    def _ring(self, at: int, token: str) -> int:
        if self.previous is None:
            self._fail(at, f"the ring number {token} at position {{}} has no atom before it", "Begin with an atom.")
        label = token if token.startswith("%(") else token.lstrip("%").lstrip("0") or "0"
        self.pending = None
        if label not in self.rings:
            self.rings[label] = (at, self.previous)
            return at + len(token)
        _, other = self.rings.pop(label)
        pair = frozenset((other, self.previous))
        if len(pair) == 1:
            self._fail(at, f"ring {label} is closed at position {{}} on the atom that opened it", "Move one of the two numbers.")
        if pair in self.bonds:
            self._fail(at, f"ring {label}, closed at position {{}}, joins two atoms that are bonded already", "Give the ring three atoms.")
        self.bonds.add(pair)
        return at + len(token)

    def _dot(self, at: int, token: str) -> int:
        self._bond_is_complete()
        if self.previous is None:
            self._fail(at, "the dot at position {} has no molecule before it", "Remove it.")
        self.previous = None
        return at + 1
