"""The engine: many different models on one device, within a budget of bytes.

    from shared.serving import Engine, Model, default_engine

Importing this package costs nothing: each name is loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.serving.default import default_engine
    from shared.serving.device import CpuDevice, Device
    from shared.serving.engine import Engine
    from shared.serving.fake import FakeDevice
    from shared.serving.item import Item, Used
    from shared.serving.model import DType, Loaded, Model, Source, Step
    from shared.serving.status import LoadedModel, Status
    from shared.serving.stream import Stream

__all__ = [
    "CpuDevice",
    "DType",
    "Device",
    "Engine",
    "FakeDevice",
    "Item",
    "Loaded",
    "LoadedModel",
    "Model",
    "Source",
    "Status",
    "Step",
    "Stream",
    "Used",
    "default_engine",
]

_HOME = {
    "CpuDevice": "device",
    "DType": "model",
    "Device": "device",
    "Engine": "engine",
    "FakeDevice": "fake",
    "Item": "item",
    "Loaded": "model",
    "LoadedModel": "status",
    "Model": "model",
    "Source": "model",
    "Status": "status",
    "Step": "model",
    "Stream": "stream",
    "Used": "item",
    "default_engine": "default",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
