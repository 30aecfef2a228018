"""A hit written with its core first, so that a model which continues a text keeps the core."""

from __future__ import annotations

from typing import NamedTuple

from apps.molecules.annalog import check_hit
from apps.molecules.tokenizer import symbols
from shared.errors import BadInput

__all__ = ["CoreFirst", "core_first"]

MATCHES = 16
"""Places of the core in the hit that are tried: a symmetric one has many, and all read alike."""


class CoreFirst(NamedTuple):
    """A hit written with its core first.

    smiles: the writing. prefix: what every analogue begins with. held: the share of the core's atoms that the prefix holds, 0 ... 1.
    pattern: SMARTS that finds the core in an analogue.
    """

    smiles: str
    prefix: str
    held: float
    pattern: str


def core_first(smiles: str, core: str) -> CoreFirst:
    """The writing of `smiles` that says most of `core` (SMILES or SMARTS) before anything else; the shortest prefix among equals.

    A core with one free end is held whole. One with several is held up to the second, and the model mostly completes it: who needs all
    of it looks for `pattern` in the result. Raises what `check_hit` raises, and BadInput when the core cannot be read, is no part of the
    hit, or is all of it.
    """
    from rdkit import Chem

    from apps.molecules.quiet import quiet

    with quiet():
        mol = Chem.MolFromSmiles(smiles)
        # as SMILES first, for a Kekule structure; "[#6]" is SMILES too, but an aliphatic atom there and any carbon as SMARTS
        queries = [query for query in (Chem.MolFromSmiles(core), Chem.MolFromSmarts(core)) if query is not None and query.GetNumAtoms()]
    if mol is None or not queries:
        raise BadInput(f"{core!r} or {smiles!r} cannot be read.", remedy="Give SMILES; the core may be SMARTS.", field="core")
    query = next((query for query in queries if mol.HasSubstructMatch(query)), None)
    if query is None:
        raise BadInput(f"The hit {smiles} does not hold the core {core}.", remedy="Give a part of the hit.", field="core")
    pattern, found = Chem.MolToSmarts(query), []
    for match in mol.GetSubstructMatches(query, maxMatches=MATCHES):
        for root in match:
            writing = Chem.MolToSmiles(mol, rootedAtAtom=root)
            order = mol.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"]
            held = next((place for place, index in enumerate(order) if index not in match), len(order))
            found.append(CoreFirst(writing, _beginning(writing, held), held / len(match), pattern))
    best = min(found, key=lambda each: (-each.held, len(each.prefix), each.smiles))
    if best.prefix == best.smiles:
        raise BadInput("The core is the whole hit, so nothing is left to vary.", remedy="Give a smaller core.", field="core")
    check_hit(best.smiles)
    return best


def _beginning(smiles: str, atoms: int) -> str:
    """`smiles` up to its first `atoms` atoms and what belongs to them. A single bond at its end is left to the model."""
    pieces = symbols(smiles)
    places = [place for place, piece in enumerate(pieces) if piece[0].isalpha() or piece[0] == "["]
    end = places[atoms] if atoms < len(places) else len(pieces)
    return "".join(pieces[:end]).removesuffix("-")
