from __future__ import annotations

import subprocess
import sys

import pytest

from shared.errors import DeclarationError
from shared.serving import DType
from tests.shared.serving.fakes import declare


def test_a_dtype_is_torchs_name_and_knows_its_bytes() -> None:
    assert [(str(dtype), dtype.itemsize) for dtype in DType] == [("float32", 4), ("float16", 2), ("bfloat16", 2)]


@pytest.mark.parametrize("field", ["max_batch", "concurrency"])
def test_a_limit_below_one_is_refused(field: str) -> None:
    with pytest.raises(DeclarationError, match=f"{field} is 0"):
        declare(**{field: 0})


def test_a_model_needs_a_name() -> None:
    with pytest.raises(DeclarationError, match="name"):
        declare("")


def test_equal_declarations_are_different_models() -> None:
    assert declare()[0] != declare()[0]


def test_declaring_a_model_imports_nothing_heavy() -> None:
    code = "import sys, shared.serving, shared.serving.model; print({'torch', 'numpy', 'prometheus_client', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_whole_run_on_the_cpu_needs_no_torch() -> None:
    code = """
import sys
from shared.serving import Engine
from tests.shared.serving.fakes import declare
with Engine("auto") as engine:
    assert engine.run(declare()[0], 2) == 4
print({"torch", "prometheus_client", "numpy"} & set(sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    import shared.serving

    with pytest.raises(AttributeError, match="no attribute 'Motor'"):
        shared.serving.Motor  # noqa: B018


def test_every_exported_name_is_there() -> None:
    import shared.serving

    assert all(getattr(shared.serving, name) is not None for name in shared.serving.__all__)
