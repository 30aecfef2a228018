"""The engine: many different models on one device, within a budget of bytes.

    from shared.serving import Engine, Model, default_engine

Importing this package costs nothing: each name is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.lazy import lazily

if TYPE_CHECKING:
    from shared.serving.default import default_engine
    from shared.serving.device import CpuDevice, Device
    from shared.serving.engine import Engine
    from shared.serving.fake import FakeDevice
    from shared.serving.item import Item, Used
    from shared.serving.model import DType, Loaded, Model, Source, Step, Terms
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
    "Terms",
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
    "Terms": "model",
    "Used": "item",
    "default_engine": "default",
}

__getattr__ = lazily(__name__, _HOME)
