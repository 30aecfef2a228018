"""Molecules: drug-like ones made, scored and varied.

    from apps.molecules import analogs, generate, score

    generate(count=100, where=["QED>=0.6", "logP<=4"], seed=7)
    score(molecules=["CC(=O)Oc1ccccc1C(=O)O aspirin"])
    analogs(hit="Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F", count=30, similarity=(0.4, 0.9))

Predictions are estimates for ranking ideas, not measurements.
"""

from apps.molecules.tasks import (
    AnalogsRequest,
    GenerateRequest,
    MoleculesResult,
    ScoreRequest,
    analogs,
    app,
    generate,
    score,
)

__all__ = ["AnalogsRequest", "GenerateRequest", "MoleculesResult", "ScoreRequest", "analogs", "app", "generate", "score"]
