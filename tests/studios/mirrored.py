"""A studio whose model is one pinned file that a mirror brings: for tests of `sextant models pull`."""

from __future__ import annotations

from typing import Any

from shared.app import App
from shared.serving import Model
from shared.serving.mirror import found
from tests.checkout import ROOT
from tests.shared.serving.parts import pinned

SOURCE = pinned(ROOT / "LICENSE", parts=2)


def _model() -> Model[Any, Any]:
    def load(device: Any, dtype: Any) -> Any:
        raise AssertionError("loaded")

    return Model(
        name="tiny",
        task="say",
        licence="Apache-2.0",
        source=SOURCE,
        load=load,
        nbytes=lambda dtype: SOURCE.size_bytes,
        working_bytes=lambda requests: 1,
        batch_key=lambda request: None,
        check=lambda: found(SOURCE),
    )


app = App("mirrored", "Mirrored", "A model in parts.", models=lambda: [_model()])
