"""The HEALTHCHECK of the image: exit status 0 when the server says in JSON that it is well, else 1 and one line.

The status of the answer says little: an unknown path of the dashboards answers 200 with a page. Standard library only, and
nothing heavy of that: it runs twice a minute beside the server.
"""

import http.client
import json
import sys

TIMEOUT_S = 4


def problem(host: str, port: int) -> str:
    """Why the server at host:port is not well; empty when it is."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz", headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    finally:
        connection.close()
    if response.status != 200:
        return f"status {response.status}"
    try:
        said = json.loads(body)
    except ValueError:
        return "the answer is not JSON: another program, or a page, answers at /healthz"
    if not isinstance(said, dict) or said.get("alive") is not True:
        return f"the server says {body[:200]!r}"
    return ""


if __name__ == "__main__":
    found = problem("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
    if found:
        sys.exit(found)
