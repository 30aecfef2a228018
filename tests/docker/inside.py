"""Runs in the container, by its Python: a CT goes to the server over HTTP, and what comes back is looked at. Prints JSON."""

import http.client
import io
import json
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

BOUNDARY = "sextant-boundary"


def ask(method: str, path: str, body: bytes = b"", content_type: str = "") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=120)
    connection.request(method, path, body, {"Content-Type": content_type} if body else {})
    response = connection.getresponse()
    answered = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{method} {path}: {response.status} {answered[:500]!r}")
    return answered


source = Path(str(get_testdata_file("CT_small.dcm", download=False)))
part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="{source.name}"\r\n\r\n'
body = part.encode() + source.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
run = json.loads(ask("POST", "/v1/medical/enhance", body, f"multipart/form-data; boundary={BOUNDARY}"))
enhanced = pydicom.dcmread(io.BytesIO(ask("GET", f"/v1/artifacts/{run['result']['enhanced']['sha256']}")))
print(
    json.dumps(
        {
            "studios": [app["key"] for app in json.loads(ask("GET", "/v1/apps"))],
            "status": run["status"],
            "before": list(pydicom.dcmread(source).pixel_array.shape),
            "after": list(enhanced.pixel_array.shape),
            "kind": enhanced.ImageType[0],
        }
    )
)
