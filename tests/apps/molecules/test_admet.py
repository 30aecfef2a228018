from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from apps.molecules import admet, convert
from apps.molecules.admet import ADMET_MODEL, ATC, ENDPOINTS, RADAR, drug_columns, ensembles, percentile, radar
from shared.errors import LoadFailed, NotFound
from shared.serving import DType
from shared.serving.carrier import carried_file


def carried(name: str) -> Path:
    return carried_file(admet.PACKAGE, admet.VERSION, name)


@pytest.fixture(scope="module")
def approved() -> list[dict[str, str]]:
    """ADMET-AI's own table of approved drugs, out of the installed package."""
    return list(csv.DictReader(io.StringIO(carried(convert.DATA + "drugbank_approved.csv").read_text(encoding="utf-8"))))


def test_importing_it_loads_no_framework() -> None:
    code = "import apps.molecules.admet, sys; print(sorted({'torch', 'rdkit', 'scipy', 'safetensors'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_there_are_41_endpoints_by_category_with_their_published_figures() -> None:
    assert len(ENDPOINTS) == 41
    categories = [endpoint.category for endpoint in ENDPOINTS.values()]
    assert categories == sorted(categories, key=list(convert.CATEGORIES).index)
    assert {category: categories.count(category) for category in convert.CATEGORIES} == {
        "Absorption": 8,
        "Distribution": 3,
        "Metabolism": 8,
        "Excretion": 3,
        "Toxicity": 19,
    }
    for name, endpoint in ENDPOINTS.items():
        assert endpoint.name == name
        assert endpoint.title and endpoint.species and endpoint.size > 200 and endpoint.url.startswith("https://tdcommons.ai/")
        if endpoint.kind == "class":
            assert endpoint.unit == "probability" and 0.5 < endpoint.auroc < 1 and endpoint.r2 is None and endpoint.mae is None
        else:
            assert endpoint.unit not in ("", "-", "probability") and endpoint.auroc is None and endpoint.r2 < 1 and endpoint.mae > 0
    assert ENDPOINTS["hERG"].better == "low" and ENDPOINTS["HIA_Hou"].better == "high" and ENDPOINTS["BBB_Martins"].better == ""
    assert ENDPOINTS["hERG"].auroc == 0.8388


def test_the_ensembles_cover_every_endpoint_once() -> None:
    classes, regressions = ensembles()
    assert sorted(classes.endpoints + regressions.endpoints) == sorted(ENDPOINTS)
    assert {ENDPOINTS[name].kind for name in classes.endpoints} == {"class"}
    assert {ENDPOINTS[name].kind for name in regressions.endpoints} == {"regression"}
    assert [len(each.files) for each in (classes, regressions)] == [5, 5]


def test_the_declaration() -> None:
    assert ADMET_MODEL.name == "admet-ai"
    assert ADMET_MODEL.why_not() is None
    counted = sum(math.prod(at.shape) for each in ensembles() for file in each.files for at in file.layout.values())
    assert ADMET_MODEL.nbytes(DType.FLOAT32) == ADMET_MODEL.nbytes(DType.BFLOAT16) == 4 * counted
    assert ADMET_MODEL.batch_key("C") == ADMET_MODEL.batch_key("CC")
    few, many, large = (ADMET_MODEL.working_bytes(each) for each in (["CCO"], ["C" * 100] * 64, ["C" * 50_000]))
    assert few < many == admet.CHUNK_ATOMS * admet.ATOM_BYTES < large


def test_a_missing_package_is_said_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admet, "PACKAGE", "no-such-carrier")
    assert "pip install --no-deps no-such-carrier==2.0.1" in (ADMET_MODEL.why_not() or "")


def test_files_that_are_not_the_pinned_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensembles.cache_clear()
    monkeypatch.setattr(admet, "MANIFEST", tmp_path / "admet.json")
    try:
        assert "admet.json is missing" in (ADMET_MODEL.why_not() or "")
        (tmp_path / "admet.json").write_text('{"ensembles": []}')
        with pytest.raises(LoadFailed, match="not the pinned one"):
            ensembles()
    finally:
        ensembles.cache_clear()


@pytest.mark.parametrize("name", ENDPOINTS)
def test_percentiles_are_those_of_the_full_table(approved: list[dict[str, str]], name: str) -> None:
    column = np.array([float(row[name]) for row in approved])
    between = np.sort(column)
    values = np.concatenate([column, (between[1:] + between[:-1]) / 2, np.linspace(column.min() - 1, column.max() + 1, 200)])
    assert np.abs(percentile(name, values) - percentileofscore(column, values)).max() < 0.5
    assert percentile(name, [-1e9, 1e9]).tolist() == [0, 100]


@pytest.mark.parametrize(("column", "name"), convert.PHYSICAL.items())
def test_percentiles_of_properties(approved: list[dict[str, str]], column: str, name: str) -> None:
    values = np.array([float(row[column]) for row in approved])
    assert np.abs(percentile(name, values) - percentileofscore(values, values)).max() < 0.5


@pytest.mark.parametrize("letter", ATC)
def test_percentiles_within_a_class_of_drugs(approved: list[dict[str, str]], letter: str) -> None:
    inside = [row for row in approved if letter in {code[:1] for code in row["atc"].split(";")}]
    assert len(inside) >= 44
    for name in ("HIA_Hou", "hERG", "VDss_Lombardo"):
        column = np.array([float(row[name]) for row in inside])
        assert np.abs(percentile(name, column, atc=letter) - percentileofscore(column, column)).max() <= 1.51


def test_classes_of_drugs_differ() -> None:
    """Drugs of the nervous system enter the brain: what is middling among them is high among the anti-infectives."""
    assert percentile("BBB_Martins", [0.9], atc="N")[0] + 20 < percentile("BBB_Martins", [0.9], atc="J")[0]


def test_percentiles_of_nothing_and_of_the_unknown() -> None:
    assert percentile("hERG", []).tolist() == []
    assert np.isnan(percentile("hERG", [float("nan"), 0.5])).tolist() == [True, False]
    assert set(drug_columns()) == {*ENDPOINTS, *convert.PHYSICAL.values()}
    for name, atc in (("no such", ""), ("atc", ""), ("atc_ends", ""), ("hERG", "X"), ("MW", "N")):
        with pytest.raises(NotFound, match="no reference"):
            percentile(name, [0.5], atc=atc)


def test_the_radar_points_outwards_for_what_its_titles_say() -> None:
    assert [axis.endpoint for axis in RADAR] == ["BBB_Martins", "ClinTox", "Solubility_AqSolDB", "Bioavailability_Ma", "hERG"]
    found = radar({"BBB_Martins": 10, "ClinTox": 20, "Solubility_AqSolDB": 30, "Bioavailability_Ma": 40, "hERG": 50, "AMES": 60})
    assert found == {"Blood-brain barrier safe": 90, "Non-toxic": 80, "Soluble": 30, "Bioavailable": 40, "hERG safe": 50}


@given(
    st.lists(st.sampled_from([0.0, 1.0, 2.5, 3.0]) | st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60), st.sampled_from([0.1, 2.0])
)
def test_a_distribution_is_within_its_tolerance(values: list[float], tolerance: float) -> None:
    column = np.array(values)
    x, y = convert.distribution(column, tolerance).astype(np.float64)
    assert (np.diff(x) > 0).all() and (np.diff(y) > 0).all()
    assert np.abs(np.interp(column, x, y) - percentileofscore(column, column)).max() <= tolerance + 1e-3


def test_what_is_committed_is_what_the_installed_package_converts_to(approved: list[dict[str, str]]) -> None:
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        for each in ensembles():
            for file in each.files:
                archive.write(file.find(), file.name)
    with zipfile.ZipFile(made) as archive:
        found = {"source_sha256": convert.WHEEL_SHA256, "ensembles": [convert.ensemble(archive, kind) for kind in convert.FOLDERS]}
    record = json.loads(admet.MANIFEST.read_text())
    assert {key: record[key] for key in found} == found
    table = convert.endpoints(csv.DictReader(io.StringIO(carried(convert.DATA + "admet.csv").read_text(encoding="utf-8"))))
    assert table == [vars(endpoint) for endpoint in ENDPOINTS.values()]
    from safetensors.numpy import load

    kept = load(admet.DRUGS.read_bytes())
    for name, column in convert.drugs(approved, list(ENDPOINTS)).items():
        assert np.array_equal(kept[name], column)
    assert hashlib.sha256(admet.DRUGS.read_bytes()).hexdigest() == admet.DRUGS_SHA256
    assert admet.DRUGS.stat().st_size < 150_000


def test_another_wheel_and_another_network_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"use admet-ai 2\.0\.1"):
        convert.convert(tmp_path / "x.whl", tmp_path)
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        for each in ensembles():
            for file in each.files:
                swapped = file.name.replace("regression", "other").replace("classification", "regression")
                archive.write(file.find(), swapped)
    with zipfile.ZipFile(made) as archive, pytest.raises(ValueError, match="another network than mpnn"):
        convert.ensemble(archive, "regression")
