"""A result as a chemist's list: one entry a molecule, a column a figure; narrowed and ordered by any of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from apps.molecules.admet import ENDPOINTS
from apps.molecules.molecule import Molecule
from apps.molecules.properties import PROPERTIES
from apps.molecules.tasks import MoleculesResult

__all__ = ["ADMET", "ALERTS", "ORDER", "SIMILARITY", "Column", "Entry", "Listing", "Scope", "column_of", "narrow", "number", "ordered"]

ADMET = "ADMET "
ALERTS, SIMILARITY, ORDER = "alerts", "similarity", "order"

Scope = Literal["kept", "rejected", "all"]


@dataclass(frozen=True)
class Column:
    """A figure that every molecule may have. key: of `Entry.value`; help: what it means and where it comes from."""

    key: str
    label: str
    unit: str = ""
    decimals: int = 2
    help: str = ""

    @property
    def title(self) -> str:
        """With its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def text(self, value: float) -> str:
        """A value as it is read, without its unit."""
        return number(value, self.decimals)


@dataclass(frozen=True)
class Entry:
    """A molecule in the list. id: the same for as long as the run is kept; rank: in the result's own order, the hit is 0."""

    id: str
    rank: int
    molecule: Molecule

    @property
    def kept(self) -> bool:
        return not self.molecule.rejected

    @property
    def label(self) -> str:
        """Its name, else its number in the input or among the drawn."""
        if self.rank == 0 and self.molecule.name in ("", "hit"):
            return "Hit"
        return self.molecule.name or f"No. {self.molecule.row}"

    @property
    def alert_count(self) -> int:
        return sum(map(len, self.molecule.alerts.values()))

    def value(self, key: str) -> float | None:
        """The figure of a column; None where it was not worked out."""
        molecule = self.molecule
        if key == ORDER:
            return float(self.rank)
        if key == SIMILARITY:
            return molecule.similarity
        if key == ALERTS:
            return float(self.alert_count) if molecule.properties else None
        if key.startswith(ADMET):
            found = molecule.admet.get(key.removeprefix(ADMET))
            return None if found is None else found.value
        value = molecule.properties.get(key)
        return value if value is not None and math.isfinite(value) else None


@dataclass(frozen=True)
class Listing:
    """Everything that a result says of single molecules. entries: kept first, in order; hit: of analogues."""

    entries: tuple[Entry, ...]
    hit: Entry | None = None

    @classmethod
    def of(cls, result: MoleculesResult) -> Listing:
        """A scored molecule that a filter rejects stands in `molecules` and in `rejected`: here once."""
        entries = [Entry(f"m{place}", place, molecule) for place, molecule in enumerate(result.molecules, 1)]
        known = {(molecule.row, molecule.smiles) for molecule in result.molecules}
        others = [molecule for molecule in result.rejected if (molecule.row, molecule.smiles) not in known]
        entries += [Entry(f"r{place}", len(entries) + place, molecule) for place, molecule in enumerate(others, 1)]
        return cls(tuple(entries), None if result.hit is None else Entry("hit", 0, result.hit))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """By key, those of which at least one molecule has a value."""
        every = [self.hit, *self.entries] if self.hit else list(self.entries)
        names = [ORDER, SIMILARITY, *PROPERTIES, ALERTS, *(ADMET + name for name in ENDPOINTS)]
        return {name: column_of(name) for name in names if any(entry.value(name) is not None for entry in every)}

    @cached_property
    def has_admet(self) -> bool:
        return any(entry.molecule.admet for entry in self.entries)

    def find(self, entry_id: str) -> Entry | None:
        """The entry of this id, the hit among them."""
        if self.hit is not None and entry_id == self.hit.id:
            return self.hit
        return self._by_id.get(entry_id)

    @cached_property
    def _by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    def scope(self, scope: Scope) -> list[Entry]:
        return [entry for entry in self.entries if scope == "all" or entry.kept == (scope == "kept")]

    def bounds(self, key: str) -> tuple[float, float] | None:
        """Lowest and highest value of a column over all entries; None where none has one."""
        values = [value for entry in self.entries if (value := entry.value(key)) is not None]
        return (min(values), max(values)) if values else None


def narrow(entries: Iterable[Entry], limits: Mapping[str, tuple[float, float]]) -> list[Entry]:
    """Entries whose every named figure lies within its limits, both included; one without the figure does not pass."""

    def passes(entry: Entry) -> bool:
        return all((value := entry.value(key)) is not None and low <= value <= high for key, (low, high) in limits.items())

    return [entry for entry in entries if passes(entry)]


def ordered(entries: Sequence[Entry], key: str, *, high_first: bool) -> list[Entry]:
    """By one column; equal ones stay in their order, those without a value come last."""
    known = [(value, entry) for entry in entries if (value := entry.value(key)) is not None]
    found = [entry for _, entry in sorted(known, key=lambda pair: -pair[0] if high_first else pair[0])]
    return [*found, *(entry for entry in entries if entry.value(key) is None)]


def column_of(key: str) -> Column:
    """What is known of a column, by its key."""
    if key == ORDER:
        return Column(ORDER, "Order", "", 0, "the result's own order")
    if key == SIMILARITY:
        return Column(SIMILARITY, "Similarity", "", 2, "Tanimoto similarity to the hit (Morgan, radius 2, 2048 bits)")
    if key == ALERTS:
        return Column(ALERTS, "Alerts", "", 0, "structural alerts that match, of all catalogues")
    if key.startswith(ADMET):
        endpoint = ENDPOINTS[key.removeprefix(ADMET)]
        return Column(key, endpoint.title, endpoint.unit, 2, f"{endpoint.category}, predicted")
    found = PROPERTIES[key]
    return Column(key, key if any(map(str.isupper, key)) else found.label, found.unit, found.decimals, f"{found.label}: {found.source}")


def number(value: float, decimals: int) -> str:
    """As a chemist writes it: "-0.31" with a minus sign, no exponent, large numbers without decimals."""
    text = f"{value:.{0 if abs(value) >= 1000 else decimals}f}"
    return "0" if float(text) == 0 and not decimals else text.replace("-", "\N{MINUS SIGN}")
