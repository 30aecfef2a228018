"""A server in a process of its own: `python -m tests.shared.api.child`; settings come from the environment, the URL goes out."""

from __future__ import annotations

import sys

from shared.api import create_api, serve, site_of
from shared.errors import SextantError


def main() -> int:
    api = create_api()
    try:
        serve(api, port=int(sys.argv[1]), on_stop=site_of(api).begin_stop, on_start=lambda url: print(url, flush=True))
    except SextantError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
