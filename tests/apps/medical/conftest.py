"""Real files for the medical studio's tests: pydicom's, nibabel's, and the committed X-ray. None of them is in the benchmark."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from apps.medical.models import MODELS
from shared.serving import Engine

EXAMPLES = Path(__file__).parents[3] / "apps" / "medical" / "examples"


@pytest.fixture(scope="session")
def dicom_file() -> Callable[[str], Path]:
    """The path of one of pydicom's own files."""
    from pydicom.data import get_testdata_file

    return lambda name: Path(str(get_testdata_file(name, download=False)))


@pytest.fixture(scope="session")
def anatomical() -> Path:
    """nibabel's own 33 x 41 x 25 head."""
    import nibabel

    return Path(nibabel.__file__).parent / "tests" / "data" / "anatomical.nii"


@pytest.fixture(scope="session")
def xray() -> Path:
    return EXAMPLES / "chest_xray.png"


@pytest.fixture(scope="session")
def phantom() -> np.ndarray:
    """(96, 80) float32 in 0 ... 1: a disc, a wedge and bars, softened as a detector would."""
    y, x = np.mgrid[0:96, 0:80].astype(np.float32)
    image = 0.2 + 0.5 * (np.hypot(y - 40, x - 36) < 24) + 0.2 * (x / 80) + 0.15 * ((y > 70) & ((x.astype(int) // 6) % 2 == 0))
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(image, 0.8).astype(np.float32)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One engine for all: the networks are loaded once."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with Engine("cpu", models=MODELS) as made:
        yield made
