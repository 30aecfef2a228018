"""Models by name: a clash is an error, an unknown name says what is known."""

from __future__ import annotations

import difflib
import threading
from typing import Any

from shared.errors import DeclarationError, NotFound
from shared.serving.model import Model

__all__ = ["Registry"]


class Registry:
    """The declarations an engine serves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: dict[str, Model[Any, Any]] = {}

    def add(self, model: Model[Any, Any]) -> None:
        """Take `model` in; the same object again changes nothing.

        Raises DeclarationError when another declaration has its name.
        """
        with self._lock:
            known = self._models.setdefault(model.name, model)
        if known is not model:
            raise DeclarationError(
                f"Two models are called {model.name!r}: {_origin(known)} and {_origin(model)}.",
                remedy="Give one of them another name.",
            )

    def get(self, name: str) -> Model[Any, Any]:
        """Raises NotFound with the nearest known names."""
        model = self._models.get(name)
        if model is None:
            near = difflib.get_close_matches(name, self._models, n=3) or sorted(self._models)[:10]
            raise NotFound(f"No model is called {name!r}.", remedy=f"Known here: {', '.join(near) or 'none'}.")
        return model

    def names(self) -> list[str]:
        return sorted(self._models)


def _origin(model: Model[Any, Any]) -> str:
    return f"{model.source.kind} {model.source.location!r} for {model.task!r}"
