from __future__ import annotations

import json
import pickle
import re
import statistics
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from apps.molecules import annalog, convert_annalog
from apps.molecules.annalog import ANNALOG_MODEL, ELEMENTS, MAX_TOKENS, AnalogBlock, LoadedAnnalog, check_hit, unknown_tokens
from apps.molecules.quiet import quiet
from apps.molecules.seq2seq import Cache
from apps.molecules.tokenizer import symbols
from shared.errors import BadInput, Cancelled, LoadFailed, TooLarge
from shared.serving import DType, Engine
from shared.serving.carrier import carried_file
from shared.serving.device import CpuDevice
from shared.serving.torch_archive import describe

CELECOXIB = "Cc1ccc(-c2cc(C(F)(F)F)nn2-c2ccc(S(N)(=O)=O)cc2)cc1"
REFERENCE = json.loads((Path(__file__).parent / "annalog_reference.json").read_text())
MANIFEST = json.loads(annalog.MANIFEST.read_text())
TOKENS = [token for token in MANIFEST["vocabulary"] if not token.startswith("<")]


class Steps:
    """A line to callers who listen, until `until` strings are finished."""

    def __init__(self, until: float = float("inf")) -> None:
        self.told: list[tuple[float, float]] = []
        self._until = until

    def __call__(self, done: float, total: float) -> None:
        self.told.append((done, total))
        if done >= self._until:
            raise Cancelled("enough")

    def live(self, i: int) -> bool:
        return True

    def fail(self, i: int, error: BaseException) -> None:
        raise error

    def emit(self, i: int, part: object) -> None:
        raise AssertionError("nothing is streamed")


@pytest.fixture(scope="module")
def loaded() -> Iterator[LoadedAnnalog]:
    made = ANNALOG_MODEL.load(CpuDevice(), DType.FLOAT32)
    assert isinstance(made, LoadedAnnalog)
    yield made
    made.close()


def molecules(texts: list[str]) -> list[Chem.Mol]:
    with quiet():
        return [mol for mol in map(Chem.MolFromSmiles, texts) if mol is not None]


def test_importing_it_loads_no_framework() -> None:
    code = "import apps.molecules.annalog, apps.molecules.cores, sys; print(sorted({'torch', 'rdkit', 'numpy'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("pair", REFERENCE["pairs"], ids=lambda pair: pair["source"])
def test_the_logits_are_those_of_the_original(loaded: LoadedAnnalog, pair: dict) -> None:
    ids = {token: index for index, token in enumerate(MANIFEST["vocabulary"])}
    with torch.inference_mode():
        source = loaded.network.encode(torch.tensor([ids[token] for token in ("<sos>", *symbols(pair["source"]), "<eos>")]))
        cache = Cache(annalog.POSITIONS, source[0][0])
        target = [ids[token] for token in ("<sos>", *symbols(pair["target"]))]
        rows = [loaded.network.step(torch.tensor([token]), source, cache)[0] for token in target]
    for row, expected in pair["rows"].items():
        assert (rows[int(row)] - torch.tensor(expected)).abs().max() < 1e-4
    assert str(len(rows) - 1) in pair["rows"]


def test_analogues_are_molecules_like_the_hit(loaded: LoadedAnnalog) -> None:
    [texts] = loaded.run([AnalogBlock(CELECOXIB, 96, 1.0, 7)], Steps())
    found = {Chem.MolToSmiles(mol): mol for mol in molecules(texts)}
    assert len(texts) == 96
    assert len(molecules(texts)) >= 0.85 * 96
    assert len(found) >= 0.5 * 96
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    hit = generator.GetFingerprint(Chem.MolFromSmiles(CELECOXIB))
    assert statistics.median(DataStructs.TanimotoSimilarity(hit, generator.GetFingerprint(mol)) for mol in found.values()) > 0.4
    assert {atom.GetSymbol() for mol in found.values() for atom in mol.GetAtoms()} <= set(ELEMENTS)


def test_a_block_says_the_same_alone_and_in_company(loaded: LoadedAnnalog) -> None:
    first, other = AnalogBlock("Nc1ccccn1", 20, 1.1, 3), AnalogBlock(CELECOXIB, 5, 1.1, 3)
    alone = loaded.run([first], Steps())[0]
    company = loaded.run([other, first], Steps())
    assert company[1] == alone
    assert loaded.run([AnalogBlock("Nc1ccccn1", 20, 1.1, 4)], Steps())[0] != alone


def test_packing_the_cache_changes_no_string(loaded: LoadedAnnalog, monkeypatch: pytest.MonkeyPatch) -> None:
    block = AnalogBlock("CC(C)Cc1ccc([C@H](C)C(=O)O)cc1", 24, 1.1, 5)
    found = []
    for sparse in (0.0, 0.85, 1.0):
        monkeypatch.setattr(annalog, "SPARSE", sparse)
        found.append(loaded.run([block], Steps())[0])
    assert found[0] == found[1] == found[2]


def test_more_than_are_decoded_side_by_side(loaded: LoadedAnnalog, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = loaded.run([AnalogBlock("Nc1ccccn1", 10, 1.0, 1)], Steps())[0]
    monkeypatch.setattr(annalog, "ROWS", 4)
    assert loaded.run([AnalogBlock("Nc1ccccn1", 10, 1.0, 1)], Steps())[0] == whole


def test_progress_counts_finished_strings(loaded: LoadedAnnalog) -> None:
    steps = Steps()
    loaded.run([AnalogBlock("Nc1ccccn1", 6, 1.0, 1), AnalogBlock("CCO", 4, 1.0, 1)], steps)
    done = [told[0] for told in steps.told]
    assert done == sorted(done) and done[-1] == 10
    assert {told[1] for told in steps.told} == {10}
    assert len(done) > 15  # at every token


def test_it_can_be_cancelled_between_two_tokens(loaded: LoadedAnnalog) -> None:
    steps = Steps(until=1)
    with pytest.raises(Cancelled):
        loaded.run([AnalogBlock("Nc1ccccn1", 30, 1.0, 1)], steps)
    assert steps.told[-1][0] < 30


@pytest.mark.parametrize("noise", [0.0, 1 - 2**-53])
def test_the_ends_of_the_noise_draw_no_forbidden_token(loaded: LoadedAnnalog, monkeypatch: pytest.MonkeyPatch, noise: float) -> None:
    monkeypatch.setattr(torch, "rand", lambda *size, **how: torch.full(size, noise, dtype=torch.float64))
    [texts] = loaded.run([AnalogBlock("CCO", 2, 5.0, 1)], Steps())
    assert texts[0] == texts[1] != ""
    assert set(symbols(texts[0])) <= set(TOKENS) - {"."}


def test_white_noise_is_neither_empty_nor_too_long_nor_several_molecules(loaded: LoadedAnnalog) -> None:
    [texts] = loaded.run([AnalogBlock("CCO", 60, 1e6, 1)], Steps())
    lengths = [len(symbols(text)) for text in texts]
    assert min(lengths) >= 1 and max(lengths) <= MAX_TOKENS + 1
    assert not any("." in text or "<" in text for text in texts)


def test_a_prefix_is_kept(loaded: LoadedAnnalog) -> None:
    block = AnalogBlock("CC(C)Cc1ccc([C@H](C)C(=O)O)cc1", 12, 1.2, 2, prefix="CC(C)Cc1ccc(")
    [texts] = loaded.run([block], Steps())
    assert all(text.startswith("CC(C)Cc1ccc(") for text in texts)
    assert len(set(texts)) > 6


def test_the_vocabulary_can_write_no_other_element() -> None:
    atoms = {re.sub(r"[^A-Za-z]|(?<=.)H", "", token).capitalize() for token in TOKENS if re.search(r"[A-Za-z]", token)}
    assert atoms == set(ELEMENTS)
    for element in ("P", "As", "Se", "Si", "B", "I"):
        assert unknown_tokens(f"C[{element}]C")


def test_unknown_tokens_have_a_position() -> None:
    assert unknown_tokens(CELECOXIB) == []
    assert unknown_tokens("CC[Si](C)(C)CI") == [(2, "[Si]"), (13, "I")]
    assert unknown_tokens("C[NH3+]") == [(1, "[NH3+]")]
    assert unknown_tokens("[2H]C%13") == [(0, "[2H]"), (5, "%13")]
    assert unknown_tokens("C<sos>") != [] and unknown_tokens("") == []


@given(st.lists(st.sampled_from(TOKENS)), st.lists(st.sampled_from(TOKENS)), st.sampled_from(["[Si]", "[13C]", "P", "[B-]", "I", "*"]))
def test_the_one_unknown_token_is_found_where_it_stands(before: list[str], after: list[str], unknown: str) -> None:
    left, right = "".join(before), "".join(after)
    assert unknown_tokens(left + right) == []
    assert unknown_tokens(left + unknown + right) == [(len(left), unknown)]


def test_what_cannot_be_varied_is_refused_before_any_work() -> None:
    with pytest.raises(BadInput, match=r"'\[Si\]' \(position 2 of CC\[Si\].*It knows C, N, O, S, F, Cl, Br") as caught:
        AnalogBlock("CC[Si](C)(C)C", 1, 1.0, 0)
    assert caught.value.field == "hit"
    with pytest.raises(BadInput, match="no hit"):
        check_hit("")
    check_hit("C" * MAX_TOKENS)
    with pytest.raises(TooLarge, match="101 tokens, and at most 100"):
        check_hit("C" * (MAX_TOKENS + 1))
    for count, temperature in ((0, 1.0), (1, 0.0), (1, float("nan")), (1, float("inf"))):
        with pytest.raises(BadInput, match="expected"):
            AnalogBlock("CCO", count, temperature, 0)
    with pytest.raises(BadInput, match="does not begin with"):
        AnalogBlock("CClCO", 1, 1.0, 0, prefix="CC")  # half of the chlorine


def test_the_longest_hit_is_decoded(loaded: LoadedAnnalog) -> None:
    [texts] = loaded.run([AnalogBlock("C" * MAX_TOKENS, 2, 1.0, 0, prefix="C" * MAX_TOKENS)], Steps())
    assert [text[:MAX_TOKENS] for text in texts] == ["C" * MAX_TOKENS] * 2


def test_the_declaration_and_the_engine(loaded: LoadedAnnalog) -> None:
    assert ANNALOG_MODEL.source.sha256 == MANIFEST["sha256"]
    assert ANNALOG_MODEL.why_not() is None
    assert ANNALOG_MODEL.nbytes(DType.BFLOAT16) == sum(p.numel() for p in loaded.network.parameters()) * 4
    block = AnalogBlock("CCO", 5, 1.0, 9)
    assert ANNALOG_MODEL.working_bytes([block]) < ANNALOG_MODEL.working_bytes([AnalogBlock("CCO", 5000, 1.0, 9)]) < 2e8
    with Engine("cpu", models=[ANNALOG_MODEL]) as engine:
        assert engine.run("annalog", block) == loaded.run([block], Steps())[0]


def test_a_missing_package_and_another_file_are_said_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(annalog, "VERSION", "0.0.1")
    assert "pip install --no-deps annalog==0.0.1" in (ANNALOG_MODEL.why_not() or "")
    monkeypatch.undo()
    annalog._manifest.cache_clear()
    monkeypatch.setattr(annalog, "MANIFEST", tmp_path / "annalog.json")
    with pytest.raises(LoadFailed, match="missing"):
        unknown_tokens("C")
    (tmp_path / "annalog.json").write_text("{}")
    assert "not the pinned one" in (ANNALOG_MODEL.why_not() or "")


def test_the_manifest_says_what_the_package_holds() -> None:
    layout = describe(carried_file(annalog.PACKAGE, annalog.VERSION, annalog.CHECKPOINT))
    assert {key: [each.record, each.offset, list(each.shape), each.dtype] for key, each in layout.items()} == MANIFEST["tensors"]
    vocabulary = carried_file(annalog.PACKAGE, annalog.VERSION, convert_annalog.VOCABULARY)
    assert convert_annalog.read_vocabulary(vocabulary.read_bytes()) == MANIFEST["vocabulary"]
    assert MANIFEST["source_sha256"] == convert_annalog.WHEEL_SHA256


def test_the_converter_builds_nothing_but_plain_data(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"collections\.OrderedDict"):
        convert_annalog.read_vocabulary(pickle.dumps(OrderedDict(itos=[], stoi={})))
    with pytest.raises(ValueError, match="two directions differ"):
        convert_annalog.read_vocabulary(pickle.dumps({"itos": ["a", "b"], "stoi": {"a": 1, "b": 0}}))
    (tmp_path / "other.whl").write_bytes(b"")
    with pytest.raises(ValueError, match=r"use annalog 1\.0\.6"):
        convert_annalog.convert(tmp_path / "other.whl", tmp_path / "out.json")
