"""What the studio's tasks give back: molecules with their figures, and rows that could not be read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Molecule", "Prediction", "Refused"]


class Prediction(BaseModel):
    """One ADMET endpoint of one molecule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float = Field(description="mean of the ensemble, in the endpoint's unit; a probability for a class")
    deviation: float = Field(description="sample standard deviation over the five models of the ensemble")
    percentile: float = Field(description="share of approved drugs with a lower value, in percent")


class Molecule(BaseModel):
    """One molecule, its figures, and why it was rejected, if it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int = Field(description="its place in the input, or in the order it was made, from 1")
    name: str = ""
    smiles: str = Field(description="canonical isomeric SMILES (RDKit)")
    inchikey: str = ""
    properties: dict[str, float] = Field(default={}, description="property -> value; `properties.PROPERTIES` names units and sources")
    alerts: dict[str, list[str]] = Field(default={}, description="catalogue -> names of the structural alerts that match")
    admet: dict[str, Prediction] = Field(default={}, description="endpoint -> prediction")
    novel: bool | None = Field(default=None, description="not in the prior's training set; None where it was not asked for")
    similarity: float | None = Field(default=None, description="Tanimoto similarity to the hit (Morgan, radius 2, 2048 bits)")
    rejected: list[str] = Field(default=[], description="every filter it fails, in words; empty when it is kept")
    notes: list[str] = Field(default=[], description="what its user must know: a safety flag, a salt that was stripped")
    tags: dict[str, str] = Field(default={}, description="what the input said of it: SD tags or columns")


class Refused(BaseModel):
    """One row of the input that could not be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int = Field(description="its place in the input, from 1")
    name: str = ""
    text: str = Field(default="", description="the SMILES as given, at most 200 characters")
    reason: str = Field(description="what was wrong and what is expected")
