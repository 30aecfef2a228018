"""A studio of models that are nowhere: for tests of `sextant models pull`."""

from __future__ import annotations

from typing import Any

from shared.app import App
from shared.serving import Model, Source, Terms

FREE = Source("hub", "owner/free")
RESTRICTED = Source("hub", "owner/restricted")
LICENCE = "CC BY-NC 4.0"
TERMS = Terms("not for commercial use", "https://example.org/by-nc")


def hub_model(source: Source, licence: str, terms: Terms | None = None) -> Model[Any, Any]:
    from shared.serving.hub import ready

    name = f"hub:{source.location}"
    return _model(name, source, licence, terms=terms, check=lambda: ready(name, licence, source, terms))


def _model(name: str, source: Source, licence: str, **more: Any) -> Model[Any, Any]:
    def load(device: Any, dtype: Any) -> Any:
        more["check"]()
        raise AssertionError("loaded")

    return Model(
        name=name,
        task="say",
        licence=licence,
        source=source,
        load=load,
        nbytes=lambda dtype: 1,
        working_bytes=lambda requests: 1,
        batch_key=lambda request: None,
        **more,
    )


app = App(
    "hubbed",
    "Hubbed",
    "Models of the hub.",
    models=lambda: [
        _model("inside", Source("embedded", __file__), "CC0-1.0"),
        hub_model(FREE, "MIT"),
        hub_model(RESTRICTED, LICENCE, TERMS),
        _model("afar", Source("endpoint", "http://127.0.0.1:9"), "unknown"),
    ],
)
