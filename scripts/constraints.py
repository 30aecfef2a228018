"""Pin everything that the extras need: `make constraints`. Versions already pinned stay unless `ARGS=--upgrade` is given.

audiocraft is left out: it pins torch 2.1 and lives in an environment of its own (pyproject.toml says why).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from suite.torch_build import TORCH, pip_settings

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("all", "test", "docs", "cluster")
HEADER = """\
# Every package of `.[{extras}]`, pinned. Made by `make constraints` (`make constraints ARGS=--upgrade` takes newer ones).
# torch is pinned without a local version: `suite/torch_build.py` chooses between the CPU and the CUDA build.
"""


def main() -> int:
    target = ROOT / "constraints.txt"
    listing = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    uv = str(Path(sys.executable).parent / "uv")
    command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-emit-find-links", "--no-emit-index-url"]
    command += [*pip_settings(listing).for_uv, *(word for name in EXTRAS for word in ("--extra", name)), *sys.argv[1:]]
    # Preferences come from the present file; +cpu keeps CUDA's own packages, which torch pins exactly, out of the list.
    environ = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make constraints"}
    current = target.with_suffix(".tmp")
    if target.exists():
        current.write_bytes(target.read_bytes())
    try:
        subprocess.run([*command, "pyproject.toml", "-o", str(current)], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
        pins = [line.partition("+")[0] if line.startswith("torch==") else line for line in current.read_text().splitlines()]
    except subprocess.CalledProcessError as error:
        return error.returncode
    finally:
        current.unlink(missing_ok=True)
    if f"torch=={TORCH}" not in pins:
        sys.stderr.write(f"suite/torch_build.py wants torch {TORCH}, and the extras resolve to another: change both together.\n")
        return 1
    temporary = target.with_suffix(".new")
    temporary.write_text(HEADER.format(extras=",".join(EXTRAS)) + "\n".join(pins) + "\n")
    temporary.replace(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
