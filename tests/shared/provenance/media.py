"""Small files of each kind, and certificates of anybody."""

from __future__ import annotations

import io
import wave
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(out, kind)
    return out.getvalue()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(250)) * 8)
    return out.getvalue()


def coded(container: str, codec: str) -> bytes:
    """A second of silence, or three pictures."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        if codec == "mpeg4":
            video: Any = file.add_stream(codec, rate=5, width=64, height=48, pix_fmt="yuv420p")
            for _ in range(3):
                frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
                file.mux(video.encode(frame))
            file.mux(video.encode())
        else:
            audio: Any = file.add_stream(codec, rate=44100, layout="mono")
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
            silence.sample_rate, silence.pts = 44100, 0
            file.mux(audio.encode(silence))
            file.mux(audio.encode())
    return out.getvalue()


SVG = b'<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="3"/></svg>'

FILES = {
    "image/png": lambda: picture("PNG"),
    "image/jpeg": lambda: picture("JPEG"),
    "image/webp": lambda: picture("WEBP"),
    "image/tiff": lambda: picture("TIFF"),
    "image/svg+xml": lambda: SVG,
    "audio/wav": sound,
    "audio/mpeg": lambda: coded("mp3", "libmp3lame"),
    "audio/mp4": lambda: coded("ipod", "aac"),
    "video/mp4": lambda: coded("mp4", "mpeg4"),
}


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def certified(
    name: str, issuer: tuple[Any, x509.Certificate] | None = None, *, key: Any = None, ends_s: float = 9e6, use: bool = True
) -> Any:
    """(key, certificate); without an issuer, of an authority."""
    key = key or ed25519.Ed25519PrivateKey.generate()
    ca, signer = issuer is None, key if issuer is None else issuer[0]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Anybody")])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(seconds=min(ends_s, 0)) - timedelta(days=1))
        .not_valid_after(now + timedelta(seconds=ends_s))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not ca and use:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return key, made.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())
