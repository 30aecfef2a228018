"""The certificate that Content Credentials are signed with: a team's own, or a test one that this machine makes at first use.

The test one proves that a file was not changed since this machine signed it, to whoever trusts this machine; everybody else sees an
unknown signer, which is what it is.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import BadInput, StorageFailed, Unavailable
from shared.settings import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate, ExtensionType

__all__ = ["FOLDER", "Identity", "local_root", "signing_identity", "team_root"]

FOLDER = "credentials"
_CERTIFICATE, _KEY, _ROOT = "certificate.pem", "key.pem", "root.pem"
_VALID_DAYS = 3652
_CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"  # C2PA: id-kp-claimSigning
_USES = frozenset({_CLAIM_SIGNING, "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"})  # with emailProtection and documentSigning
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Identity:
    """algorithm: as C2PA names it. chain: PEM, the signer first. key: PEM of PKCS 8, not encrypted. local: the test one."""

    algorithm: str
    chain: str
    key: bytes = field(repr=False)
    name: str
    expires: datetime
    local: bool


def signing_identity() -> Identity:
    """Who signs here: the certificate of the settings, else this machine's, made if there is none yet.

    Raises `BadInput` for a certificate of the settings that cannot be used, `Unavailable` for a test one that is broken or
    expired, `StorageFailed` where it cannot be made.
    """
    own = _configured()
    if own is not None:
        return _identity(own[0], own[1], local=False)
    folder = settings().home / FOLDER
    if not _is_made(folder):
        _make(folder)
    return _identity(folder / _CERTIFICATE, folder / _KEY, local=True)


def local_root() -> str | None:
    """PEM of the root of this machine's test certificate; None before the first signature. Raises `Unavailable` for a broken one."""
    folder = settings().home / FOLDER
    if not _is_made(folder):
        return None
    _certificates(folder / _ROOT, local=True)
    return (folder / _ROOT).read_text()


def team_root() -> str | None:
    """PEM of the last certificate of the settings' chain if it may vouch for others; None without. Raises `BadInput`."""
    from cryptography.hazmat.primitives.serialization import Encoding

    own = _configured()
    if own is None:
        return None
    last = _certificates(own[0], local=False)[-1]
    return last.public_bytes(Encoding.PEM).decode() if _is_authority(last) else None


def _is_made(folder: Path) -> bool:
    try:
        return folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise _refused(folder / _CERTIFICATE, f"cannot be read ({error.strerror})", local=True) from None


def _configured() -> tuple[Path, Path] | None:
    certificate, key = settings().signing_certificate, settings().signing_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "signing_certificate" if certificate is None else "signing_key"
        raise BadInput(
            f"SEXTANT_{missing.upper()} is not set, and a certificate is of use only with its key.",
            remedy="Set both SEXTANT_SIGNING_CERTIFICATE and SEXTANT_SIGNING_KEY, or neither.",
            field=missing,
        )
    return certificate, key


def _identity(certificate: Path, key: Path, *, local: bool) -> Identity:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    chain = _certificates(certificate, local=local)
    private = _private_key(key, local=local)
    leaf = chain[0]
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if leaf.public_key().public_bytes(*spki) != private.public_key().public_bytes(*spki):
        raise _refused(key, "is not the key of the first certificate in " + str(certificate), local=local)
    _check(leaf, certificate, local=local)
    return Identity(
        algorithm=_algorithm(private, key, local=local),
        chain="".join(one.public_bytes(Encoding.PEM).decode() for one in chain),
        key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        name=_common_name(leaf),
        expires=leaf.not_valid_after_utc,
        local=local,
    )


def _certificates(path: Path, *, local: bool) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", local=local) from None
    except ValueError:
        raise _refused(path, "holds no certificate in PEM form", local=local) from None


def _private_key(path: Path, *, local: bool) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", local=local) from None
    except TypeError:
        raise _refused(
            path, "is encrypted, and nobody is there to enter its password", local=local, do="Decrypt it: openssl pkey"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _refused(path, "holds no private key in PEM form", local=local) from None


def _check(leaf: Certificate, path: Path, *, local: bool) -> None:
    from cryptography.x509 import ExtendedKeyUsage, ExtensionNotFound

    now = datetime.now(UTC)
    if leaf.not_valid_after_utc <= now:
        raise _refused(path, f"expired on {leaf.not_valid_after_utc:%Y-%m-%d}", local=local)
    if leaf.not_valid_before_utc > now:
        raise _refused(path, f"is valid only from {leaf.not_valid_before_utc:%Y-%m-%d} on", local=local)
    if _is_authority(leaf):
        raise _refused(path, "begins with the certificate of an authority, and the signer's own has to be the first", local=local)
    try:
        uses = {use.dotted_string for use in leaf.extensions.get_extension_for_class(ExtendedKeyUsage).value}
    except ExtensionNotFound:
        uses = set()
    if not uses & _USES:
        raise _refused(path, "is not made for signing: C2PA wants the extended key usage claimSigning or emailProtection", local=local)


def _algorithm(key: PrivateKeyTypes, path: Path, *, local: bool) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    raise _refused(
        path, "is of a kind that C2PA does not allow; it takes Ed25519, P-256, P-384, P-521 and RSA of 2048 bits or more", local=local
    )


def _refused(path: Path, what: str, *, local: bool, do: str = "") -> BadInput | Unavailable:
    if local:
        remedy = f"Move the folder {path.parent} away: a new certificate is made, and files signed so far then have an unknown signer."
        return Unavailable(f"This machine's test certificate cannot be used: {path.name} {what}.", remedy=remedy)
    remedy = do or "Correct SEXTANT_SIGNING_CERTIFICATE and SEXTANT_SIGNING_KEY, or unset both to sign with a local test certificate"
    return BadInput(
        f"{path} {what}.", remedy=f"{remedy}.", field="signing_key" if path == settings().signing_key else "signing_certificate"
    )


def _is_authority(certificate: Certificate) -> bool:
    from cryptography.x509 import BasicConstraints, ExtensionNotFound

    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        return False


def _common_name(certificate: Certificate) -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def _make(folder: Path) -> None:
    """The whole folder appears at once, by one rename: of two that make it, one wins and the other reads the winner's."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=folder.parent))  # 0700
        try:
            for name, content in _new_certificate().items():
                _write(made / name, content)
            os.rename(made, folder)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise StorageFailed(
            f"A certificate to sign with cannot be made in {folder}: {error.strerror}.",
            remedy="Make the folder writable, set SEXTANT_HOME to one that is, or set SEXTANT_SIGN=0.",
        ) from None


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _new_certificate() -> dict[str, bytes]:
    """A root, a signer's certificate under it and the signer's key; the root's key is in none of them and is forgotten here."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509 import ExtendedKeyUsage, ObjectIdentifier
    from cryptography.x509.oid import ExtendedKeyUsageOID

    root_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    number = secrets.token_hex(3)  # tells one machine from another; its name would go out with every signed file
    root = _signed(f"Sextant local test root {number}", root_key, None, root_key, authority=True)
    uses = ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, ObjectIdentifier(_CLAIM_SIGNING)])
    leaf = _signed(f"Sextant local test certificate {number}", key, root, root_key, uses)
    return {
        _KEY: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        _CERTIFICATE: leaf.public_bytes(Encoding.PEM),
        _ROOT: root.public_bytes(Encoding.PEM),
    }


def _signed(
    name: str,
    key: Ed25519PrivateKey,
    issuer: Certificate | None,
    issuer_key: Ed25519PrivateKey,
    *more: ExtensionType,
    authority: bool = False,
) -> Certificate:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sextant local")])
    start = datetime.now(UTC) - timedelta(days=1)  # a clock elsewhere may be behind
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension in more:
        made = made.add_extension(extension, critical=False)
    return made.sign(issuer_key, None)
