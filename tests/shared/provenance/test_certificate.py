from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, load_pem_private_key

from shared.errors import BadInput, SextantError, StorageFailed, Unavailable
from shared.provenance.certificate import local_root, signing_identity, team_root
from shared.settings import settings
from tests.shared.provenance.media import certified, key_pem, pem


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    def configure(chain: str, key: bytes) -> None:
        (tmp_path / "chain.pem").write_text(chain)
        (tmp_path / "key.pem").write_bytes(key)
        monkeypatch.setenv("SEXTANT_SIGNING_CERTIFICATE", str(tmp_path / "chain.pem"))
        monkeypatch.setenv("SEXTANT_SIGNING_KEY", str(tmp_path / "key.pem"))
        settings.cache_clear()

    return configure


def test_the_first_signature_makes_a_certificate_and_the_next_reads_it(sextant_home: Path) -> None:
    assert local_root() is None
    first = signing_identity()
    assert signing_identity() == first and first.local and first.algorithm == "ed25519"
    assert first.name.startswith("Sextant local test certificate ") and socket.gethostname() not in first.name
    assert 3640 < (first.expires - datetime.now(UTC)).days < 3653
    folder = sextant_home / "credentials"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "key.pem": 0o600,
        "certificate.pem": 0o600,
        "root.pem": 0o600,
    }
    assert "PRIVATE" not in repr(first)
    assert [path.name for path in sextant_home.iterdir()] == ["credentials"]  # nothing half-made is left


def test_the_root_signed_the_leaf_and_its_key_is_kept_nowhere(sextant_home: Path) -> None:
    leaf = x509.load_pem_x509_certificate(signing_identity().chain.encode())
    root = x509.load_pem_x509_certificate((local_root() or "").encode())
    leaf.verify_directly_issued_by(root)
    key = load_pem_private_key((sextant_home / "credentials" / "key.pem").read_bytes(), None)
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    assert key.public_key() == leaf.public_key() != root.public_key()


def test_threads_that_make_it_at_once_get_the_same_one() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({pool.submit(signing_identity).result().chain for _ in range(8)}) == 1
        assert len(set(pool.map(lambda _: signing_identity().key, range(8)))) == 1


def test_processes_that_make_it_at_once_get_the_same_one(sextant_home: Path) -> None:
    code = "from shared.provenance.certificate import signing_identity\nimport sys\nsys.stdin.read(1)\nprint(signing_identity().chain)"
    made = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=0)
        for _ in range(3)
    ]
    for process in made:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    chains = {process.communicate(timeout=60)[0] for process in made}
    assert len(chains) == 1 and chains == {signing_identity().chain + "\n"}
    assert [path.name for path in sextant_home.iterdir()] == ["credentials"]


@pytest.mark.parametrize("name", ["key.pem", "certificate.pem", "root.pem"])
@pytest.mark.parametrize("broken", [None, b"", b"garbage"])
def test_a_broken_folder_is_said_and_never_replaced(sextant_home: Path, name: str, broken: bytes | None) -> None:
    signing_identity()
    path = sextant_home / "credentials" / name
    path.unlink()
    if broken is not None:
        path.write_bytes(broken)
    with pytest.raises(Unavailable, match=name) as caught:
        local_root() if name == "root.pem" else signing_identity()
    assert "Move the folder" in caught.value.remedy and str(path.parent) in caught.value.remedy
    assert not path.exists() if broken is None else path.read_bytes() == broken


def test_a_key_of_another_certificate_is_refused(sextant_home: Path) -> None:
    signing_identity()
    (sextant_home / "credentials" / "key.pem").write_bytes(key_pem(ed25519.Ed25519PrivateKey.generate()))
    with pytest.raises(Unavailable, match="not the key"):
        signing_identity()


def test_an_expired_test_certificate_is_said(sextant_home: Path) -> None:
    signing_identity()
    key, leaf = certified("old", certified("root"), ends_s=-60)
    (sextant_home / "credentials" / "key.pem").write_bytes(key_pem(key))
    (sextant_home / "credentials" / "certificate.pem").write_text(pem(leaf))
    with pytest.raises(Unavailable, match="expired on 20"):
        signing_identity()


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SEXTANT_HOME", str(tmp_path / "file" / "below"))
    settings.cache_clear()
    with pytest.raises(StorageFailed, match="cannot be made") as caught:
        signing_identity()
    assert "SEXTANT_HOME" in caught.value.remedy


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("es256", lambda: ec.generate_private_key(ec.SECP256R1())),
        ("es384", lambda: ec.generate_private_key(ec.SECP384R1())),
        ("es512", lambda: ec.generate_private_key(ec.SECP521R1())),
        ("ps256", lambda: rsa.generate_private_key(65537, 2048)),
        ("ed25519", ed25519.Ed25519PrivateKey.generate),
    ],
)
def test_a_teams_certificate_is_used_with_the_algorithm_of_its_key(
    algorithm: str, make: Callable[[], Any], team: Callable[[str, bytes], None], sextant_home: Path
) -> None:
    root = certified("team root")
    key, leaf = certified("team", root, key=make())
    team(pem(leaf) + pem(root[1]), key_pem(key))
    found = signing_identity()
    assert (found.algorithm, found.name, found.local) == (algorithm, "team", False)
    assert team_root() == pem(root[1])
    assert not (sextant_home / "credentials").exists()


def test_what_cannot_be_used_of_a_team_is_refused_with_what_to_do(team: Callable[[str, bytes], None]) -> None:
    root = certified("root")
    key, leaf = certified("team", root)
    encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    other = ed25519.Ed25519PrivateKey.generate()
    small, curve = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256K1())
    cases = {
        "is not the key": (pem(leaf), key_pem(other)),
        "is encrypted": (pem(leaf), encrypted),
        "holds no private key": (pem(leaf), b"nothing"),
        "holds no certificate": ("nothing", key_pem(key)),
        "expired on": (pem(certified("old", root, key=key, ends_s=-60)[1]), key_pem(key)),
        "certificate of an authority": (pem(root[1]) + pem(leaf), key_pem(root[0])),
        "not made for signing": (pem(certified("web", root, key=key, use=False)[1]), key_pem(key)),
        "C2PA does not allow": (pem(certified("small", root, key=small)[1]), key_pem(small)),
        "allow": (pem(certified("curve", root, key=curve)[1]), key_pem(curve)),
        "allow;": (pem(certified("448", root, key=(goldilocks := ed448.Ed448PrivateKey.generate()))[1]), key_pem(goldilocks)),
    }
    for words, (chain, private) in cases.items():
        team(chain, private)
        with pytest.raises(BadInput, match=words) as caught:
            signing_identity()
        assert caught.value.remedy, words


@pytest.mark.parametrize("name", ["SIGNING_CERTIFICATE", "SIGNING_KEY"])
def test_a_certificate_without_a_key_and_a_file_that_is_not_there_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SEXTANT_{name}", "/nowhere")
    settings.cache_clear()
    with pytest.raises(BadInput, match="is not set"):
        signing_identity()
    monkeypatch.setenv("SEXTANT_SIGNING_CERTIFICATE", "/nowhere")
    monkeypatch.setenv("SEXTANT_SIGNING_KEY", "/nowhere")
    settings.cache_clear()
    with pytest.raises(SextantError, match="cannot be read"):
        signing_identity()
