from __future__ import annotations

import io
import pickle
from collections import Counter, OrderedDict

import numpy as np
import pytest
import torch

from apps.molecules.derive import Reader, chemnet_layout, histogram


def read(value: object) -> object:
    """Protocol 2, as numpy of 2020 named its parts."""
    return Reader(io.BytesIO(pickle.dumps(value, protocol=2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))).load()


def test_arrays_and_counters_are_read() -> None:
    found = read({"mu": np.arange(6.0).reshape(2, 3), "frag": Counter("aab"), "values": [1.5]})
    assert isinstance(found, dict)
    assert np.array_equal(found["mu"], np.arange(6.0).reshape(2, 3))
    assert found["frag"] == {"a": 2, "b": 1}


@pytest.mark.parametrize("value", [print, np.load, io.BytesIO])
def test_every_other_name_is_refused(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="not expected"):
        read(value)


def test_the_layout_says_where_tensors_lie() -> None:
    layers = [
        ["Conv1d", [OrderedDict(weight=torch.arange(6.0).reshape(2, 3)), {}, {}]],
        ["LSTM", [OrderedDict(bias=torch.ones(4)), {}, {}]],
    ]
    file = io.BytesIO()
    torch.save(layers, file, _use_new_zipfile_serialization=False)
    content = file.getvalue()
    layout = chemnet_layout(content)
    assert {name: shape for name, (_, shape) in layout.items()} == {"0.weight": [2, 3], "1.bias": [4]}
    begin = layout["0.weight"][0]
    assert np.frombuffer(content, "<f4", 6, begin).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_histogram_holds_every_value() -> None:
    found = histogram(np.array([-0.3, 0.0, 0.2, 0.5, 1.0]), 0.5)
    assert found == {"edges": [-0.5, 0.0, 0.5, 1.0, 1.5], "counts": [1, 2, 1, 1], "median": 0.2}
