from __future__ import annotations

import io
import shutil
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import c2pa
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from shared.errors import BadInput, Unsupported
from shared.provenance.credentials import Action, Credentials, Source, read_credentials, sign, sign_origin
from shared.provenance.manifests import credentials_from
from shared.provenance.origin import Origin
from shared.settings import settings
from tests.shared.provenance.media import FILES, SVG, certified, key_pem, pem, picture

MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = [Action(name="c2pa.created", agent="Sextant 1.0", source_type=MADE)]
OPENED = [Action(name="c2pa.opened"), Action(name="c2pa.published")]
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ORIGIN = Origin("Sextant", "1.0", "design/draw", "tiny", "abc", 2**64 - 1, "0" * 64, "2026-05-04T12:00:00Z", "trainedAlgorithmicMedia")


def signed(data: bytes, media_type: str = "image/png", actions: list[Action] = CREATED, **more: object) -> bytes:
    return sign(data, media_type, title="a file", actions=actions, generator=("Sextant", "1.0"), now=NOW, **more)  # type: ignore[arg-type]


def read(data: bytes, media_type: str = "") -> Credentials:
    found = read_credentials(data, media_type)
    assert found is not None
    return found


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """A PNG with a chunk after its header."""
    return png[:33] + chunk(kind, content) + png[33:]


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Signs with a certificate of somebody's; undone by the test itself."""
    root = certified("Somebody's root")
    key, leaf = certified("Somebody", root)
    (tmp_path / "chain.pem").write_text(pem(leaf) + pem(root[1]))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEXTANT_SIGNING_CERTIFICATE", str(tmp_path / "chain.pem"))
        patch.setenv("SEXTANT_SIGNING_KEY", str(tmp_path / "key.pem"))
        settings.cache_clear()
        yield patch


@pytest.mark.parametrize("media_type", sorted(FILES))
def test_a_file_is_signed_and_read_back(media_type: str) -> None:
    data = FILES[media_type]()
    assert read_credentials(data) is None
    made = sign_origin(data, media_type, ORIGIN, title="drawing")
    found = read(made)
    assert (found.state, found.trusted_by, found.local, found.causes, found.content_intact) == ("trusted", "local", True, (), True)
    assert (found.title, found.generator, found.issuer) == ("drawing", "Sextant 1.0", "Sextant local")
    assert found.actions == (Action(name="c2pa.created", when="2026-05-04T12:00:00Z", agent="Sextant 1.0", source_type=MADE),)
    assert Origin.from_dict(found.origin) == ORIGIN
    assert (found.signed_at, found.time_trusted, found.remote_url, found.notes, found.ingredients) == ("", False, "", (), ())
    assert not [code for code in found.codes if code.severity == "failure"] and "not changed since" in found.words
    assert len(made) - len(data) < 5000
    assert Credentials.model_validate_json(found.model_dump_json()) == found
    assert read(made, media_type) == found


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "image/webp", "image/tiff", "audio/wav", "video/mp4", "image/svg+xml"])
def test_a_changed_byte_of_the_content_is_a_change(media_type: str) -> None:
    made = bytearray(signed(FILES[media_type](), media_type))
    places = {
        "video/mp4": made.rfind(b"mdat") + 20,
        "image/svg+xml": made.rfind(b'"3"') + 1,
        "image/webp": made.find(b"VP8") + 20,
        "audio/wav": made.find(b"data") + 20,
        "image/tiff": 300,
    }
    place = places.get(media_type, len(made) - 40)
    made[place] ^= 1
    found = read(bytes(made), media_type)
    assert (found.state, found.content_intact, found.causes[0], found.trusted_by) == ("invalid", False, "content-changed", "")
    assert "Changed after it was signed" in found.words


def test_signing_touches_no_picture_and_no_sound() -> None:
    for media_type in ("image/png", "image/jpeg", "image/webp", "image/tiff"):
        data = FILES[media_type]()
        before, after = (np.asarray(Image.open(io.BytesIO(file))) for file in (data, signed(data, media_type)))
        assert np.array_equal(before, after)


def test_a_saved_again_picture_has_none() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(signed(picture()))).save(out, "PNG")
    assert read_credentials(out.getvalue()) is None


def test_a_signed_drawing_is_still_xml_with_its_own_content_first_in_line() -> None:
    root = ElementTree.fromstring(signed(SVG, "image/svg+xml"))
    assert [element.tag.rpartition("}")[2] for element in root] == ["metadata", "rect"]


def test_two_signatures_are_two_files_and_the_time_is_the_given_one() -> None:
    first, second = signed(picture()), signed(picture())
    assert first != second
    assert read(first).actions[0].when == read(second).actions[0].when == "2026-05-04T12:00:00Z"


def test_a_strangers_signature_is_of_an_unknown_signer_and_no_change(stranger: pytest.MonkeyPatch) -> None:
    made = signed(picture())
    assert read(made).trusted_by == "team" and read(made).local
    stranger.undo()
    settings.cache_clear()
    found = read(made)
    assert (found.state, found.causes, found.content_intact, found.trusted_by) == ("valid", ("signer-unknown",), True, "")
    assert found.signer == "Somebody" and "Not changed since it was signed" in found.words and "no trust list" in found.words


def test_what_this_machine_signed_is_a_strangers_elsewhere(sextant_home: Path) -> None:
    made = signed(picture())
    shutil.rmtree(sextant_home / "credentials")
    assert read(made).state == "valid"
    signed(picture())  # another certificate
    assert read(made).causes == ("signer-unknown",)


def test_an_expired_certificate_is_expired_and_not_changed(sextant_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = certified("root")
    key, leaf = certified("Short", root, ends_s=1.9)  # c2pa refuses to sign with one that has expired
    (tmp_path / "chain.pem").write_text(pem(leaf) + pem(root[1]))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    monkeypatch.setenv("SEXTANT_SIGNING_CERTIFICATE", str(tmp_path / "chain.pem"))
    monkeypatch.setenv("SEXTANT_SIGNING_KEY", str(tmp_path / "key.pem"))
    settings.cache_clear()
    made = signed(picture())
    time.sleep((leaf.not_valid_after_utc - datetime.now(UTC)).total_seconds() + 1.1)  # c2pa counts whole seconds
    found = read(made)
    assert (found.state, found.causes[0], found.content_intact) == ("invalid", "expired", True)
    assert "out of its time" in found.words and "content is the one that was signed" in found.words
    changed = bytearray(made)
    changed[-40] ^= 1
    assert read(bytes(changed)).causes[:2] == ("content-changed", "expired")
    with pytest.raises(BadInput, match="expired on"):
        signed(picture())


def test_an_opened_file_keeps_its_history() -> None:
    first = sign_origin(picture(), "image/png", ORIGIN, title="drawn")
    second = signed(first, actions=OPENED)
    found = read(second)
    assert found.state == "trusted" and [action.name for action in found.actions] == ["c2pa.opened", "c2pa.published"]
    (source,) = found.ingredients
    assert (source.relationship, source.state, source.causes, source.generator) == ("parentOf", "trusted", (), "Sextant 1.0")
    assert source.actions[0].source_type == MADE
    third = read(signed(second, actions=OPENED))
    assert third.ingredients[0].ingredients[0].actions == source.actions and third.origin == {}


def test_an_opened_file_without_credentials_is_a_source_without_any() -> None:
    (source,) = read(signed(picture(), actions=OPENED)).ingredients
    assert (source.state, source.title, source.signer, source.actions) == ("none", "a file", "", ())


def test_a_changed_file_that_is_signed_again_shows_the_change_in_its_source() -> None:
    changed = bytearray(signed(picture()))
    changed[-40] ^= 1
    found = read(signed(bytes(changed), actions=OPENED))
    assert found.state == "trusted" and found.content_intact
    assert (found.ingredients[0].state, found.ingredients[0].causes) == ("invalid", ("content-changed",))
    assert "had been changed before it was added" in found.words


def test_a_stranger_does_not_borrow_the_trust_in_a_source(stranger: pytest.MonkeyPatch) -> None:
    """c2pa names the list of the source's signer as `trustListUri` of the whole file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SEXTANT_SIGNING_CERTIFICATE")
        patch.delenv("SEXTANT_SIGNING_KEY")
        settings.cache_clear()
        ours = signed(picture())
    settings.cache_clear()
    theirs = signed(ours, actions=OPENED)
    stranger.undo()
    settings.cache_clear()
    found = read(theirs)
    assert (found.state, found.trusted_by, found.ingredients[0].state) == ("valid", "", "trusted")


def test_sources_of_other_relationships_are_linked_to_their_actions() -> None:
    actions = [Action(name="c2pa.created", source_type=MADE), Action(name="c2pa.placed", description="the logo")]
    logo = Source(signed(picture("JPEG"), "image/jpeg"), "image/jpeg", "logo.jpg", "componentOf")
    found = read(signed(picture(), actions=actions, ingredients=[logo]))
    assert found.state == "trusted" and found.actions[1].description == "the logo"
    assert [(one.title, one.relationship, one.state) for one in found.ingredients] == [("logo.jpg", "componentOf", "trusted")]


def test_an_origin_is_added_to_a_file_with_a_history() -> None:
    found = read(sign_origin(signed(picture()), "image/png", ORIGIN, title="again"))
    assert [action.name for action in found.actions] == ["c2pa.opened", "c2pa.edited"] and len(found.ingredients) == 1


def test_what_cannot_be_signed_is_refused() -> None:
    with pytest.raises(Unsupported, match="application/pdf"):
        signed(b"%PDF-1.7", "application/pdf")
    with pytest.raises(Unsupported, match="cannot be signed"):
        signed(picture()[:200])
    with pytest.raises(BadInput, match="erase its history"):
        signed(signed(picture()))
    for actions in ([], [Action(name="c2pa.published")]):
        with pytest.raises(BadInput, match="first action"):
            signed(picture(), actions=actions)


# ---- broken and hostile files


@cache
def _one_signed() -> bytes:
    return signed(picture())


@pytest.fixture
def one(sextant_home: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A signed PNG, of this test's own home."""
    _one_signed.cache_clear()
    return _one_signed()


@examples(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_in_the_credentials_never_raise_and_never_change_what_is_trusted(one: bytes, data: st.DataObject) -> None:
    """Some bytes are under no signature: C2PA leaves room beside it, names of boxes are read leniently, a PNG has checksums. A file
    that is still trusted says exactly what was signed."""
    start = one.index(b"jumb") - 12
    end = one.index(b"IDAT") - 4
    broken = bytearray(one)
    for place in data.draw(st.lists(st.integers(start, end - 1), min_size=1, max_size=4)):
        broken[place] ^= data.draw(st.integers(1, 255))
    found, before = read_credentials(bytes(broken)), read(one)
    if found is None or found.state == "trusted":
        assert found is None or found.model_dump(exclude={"codes", "label"}) == before.model_dump(exclude={"codes", "label"})
    else:
        assert found.words and found.causes


@pytest.mark.parametrize("media_type", sorted(FILES))
def test_a_file_that_is_cut_off_never_raises(media_type: str) -> None:
    made = signed(FILES[media_type](), media_type)
    for length in range(0, len(made) - 1, 97):
        found = read_credentials(made[:length], media_type)
        assert found is None or found.state in ("unreadable", "invalid") or media_type == "audio/mpeg"


@pytest.mark.parametrize("media_type", sorted(FILES))
@pytest.mark.parametrize("garbage", [b"", b"\x00" * 200_000, bytes(np.random.default_rng(1).integers(0, 256, 200_000, dtype=np.uint8))])
def test_garbage_has_none(media_type: str, garbage: bytes) -> None:
    assert read_credentials(garbage, media_type) is None


def superbox(kind: bytes, label: bytes, *inside: bytes) -> bytes:
    described = kind + bytes.fromhex("00110010800000aa00389b71") + b"\x03" + label + b"\0"
    return box(b"jumb", box(b"jumd", described), *inside)


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind + content


def store(claim: bytes) -> bytes:
    manifest = superbox(
        b"c2ma",
        b"urn:c2pa:0be984d6-77cb-435a-99e1-4ae4d33bdcd4",
        superbox(b"c2as", b"c2pa.assertions", superbox(b"cbor", b"c2pa.actions.v2", box(b"cbor", claim))),
        superbox(b"c2cl", b"c2pa.claim.v2", box(b"cbor", claim)),
        superbox(b"c2cs", b"c2pa.signature", box(b"cbor", claim)),
    )
    return superbox(b"c2pa", b"c2pa", manifest)


def nested(depth: int) -> bytes:
    described = box(b"jumd", b"c2ma" + bytes.fromhex("00110010800000aa00389b71") + b"\x03x\0")
    size = len(described) + 8
    return superbox(b"c2pa", b"c2pa", b"".join(struct.pack(">I", size * (depth - n)) + b"jumb" + described for n in range(depth)))


@pytest.mark.parametrize(
    "content",
    [
        store(b"\x00"),
        store(b"\x81" * 500_000 + b"\x00"),  # CBOR, nested
        store(b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),  # an array of 2**63 entries
        store(b"\x5b\x00\x00\x00\x7f\xff\xff\xff\xff"),  # a text of 500 GB
        nested(50_000),
        store(b"\xa0")[:-20],
        b"\x7f\xff\xff\xff" + store(b"\xa0")[4:],
        superbox(b"c2pa", b"c2pa"),
    ],
    ids=["empty", "deep cbor", "long array", "long text", "deep boxes", "cut", "size", "no manifest"],
)
def test_hostile_blocks_are_unreadable(content: bytes) -> None:
    started = time.perf_counter()
    found = read(with_chunk(picture(), b"caBX", content))
    assert found.state in ("unreadable", "invalid") and found.words and found.causes and found.content_intact is None
    assert time.perf_counter() - started < 10


def test_a_block_in_the_wrong_place_is_said(one: bytes) -> None:
    found = read(one.replace(b"caBX", b"caBY"))
    assert found.state == "unreadable" and "not where the format has its place" in found.words


def test_a_report_of_nonsense_is_read() -> None:
    for report in (
        {},
        {"manifests": [], "active_manifest": 3},
        {"validation_state": "Trusted"},
        {"validation_results": {"activeManifest": []}},
    ):
        assert credentials_from(report, "", ()).state != "trusted"
    failing = {"activeManifest": {"success": [{"code": "signingCredential.trusted"}], "failure": [{"code": "new.code"}]}}
    found = credentials_from({"validation_state": "Trusted", "validation_results": failing}, "", ())
    assert found.state == "invalid" and found.causes == ("malformed",)


def test_sources_that_name_each_other_end() -> None:
    loop = {"active_manifest": "a", "manifests": {"a": {"label": "a", "ingredients": [{"title": "x", "active_manifest": "a"}] * 3}}}
    assert len(credentials_from(loop, "", ()).ingredients) == 3


def test_texts_are_one_line_and_short() -> None:
    title = "a\x1b[31m\u202egnp.exe" + "x" * 9000
    found = credentials_from({"active_manifest": "a", "manifests": {"a": {"title": title}}}, "", ())
    assert len(found.title) == 500 and "\x1b" not in found.title and "\u202e" not in found.title


def test_what_is_elsewhere_is_never_fetched() -> None:
    """The listener is real: c2pa is no Python, and a guard on Python's sockets would not see it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/manifest.c2pa"
        xmp = (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            f'rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{url}"/></rdf:RDF></x:xmpmeta>'
        )
        found = read(with_chunk(picture(), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode()))
        assert (found.state, found.remote_url, found.content_intact) == ("remote", url, None) and "Nothing was fetched" in found.words
        again = signed(with_chunk(picture(), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode()), actions=OPENED)
        assert read(again).state == "trusted"
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_library_knows_every_setting_that_keeps_it_offline() -> None:
    """Unknown settings are ignored silently: those with another type are not."""
    for part, name in (("core", "allowed_network_hosts"), ("core", "decode_identity_assertions"), ("verify", "remote_manifest_fetch")):
        with pytest.raises(c2pa.C2paError):
            c2pa.Settings.from_dict({part: {name: {"wrong": 1}}})


def test_nothing_heavy_is_imported_with_it() -> None:
    code = "import sys, shared.provenance.credentials; print([m for m in ('c2pa', 'cryptography', 'PIL', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout.strip() == "[]"
