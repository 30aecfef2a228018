"""Builds and starts the images where there is no Docker engine: buildah, podman and mmdebstrap, as root.

Why these options: crun does not start on a machine with both kinds of cgroups, chroot isolation needs no more than root, and
`--format docker` keeps the HEALTHCHECK, which OCI's own format does not know.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from tests.checkout import ROOT

__all__ = ["BASE_IMAGE", "PODMAN", "build", "call", "make_base_image", "missing", "run_options"]

PODMAN = ("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs")
BASE_IMAGE = "localhost/sextant-base:bookworm"
PACKAGES = "ca-certificates,python3,python3-venv,tini"
TOOLS = ("buildah", "podman", "runc", "mmdebstrap")
# The limits of a container that does not ask for any fail where the caller's own are lower.
LIMITS = ("--ulimit", "nofile=8192:8192", "--ulimit", "nproc=32768:32768")


def missing() -> str:
    """What these tests lack here, with the remedy; empty when they can run."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} missing: apt-get install --no-install-recommends buildah podman runc uidmap mmdebstrap"
    return "" if os.geteuid() == 0 else "images are built as root here"


def call(*command: str, timeout_s: float = 120, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run it; a failure shows the end of what it said."""
    result = subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=timeout_s, check=False)
    if check:
        assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result


def make_base_image() -> None:
    """A Debian with Python, unless it is there from an earlier run (`podman rmi` takes it away)."""
    if call(*PODMAN, "image", "exists", BASE_IMAGE, check=False).returncode == 0:
        return
    # In memory: dpkg syncs every file, which takes a disk three times as long.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        os.chmod(folder, 0o755)
        root = f"{folder}/rootfs.tar"
        make = ["env", f"TMPDIR={folder}", "mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root]
        call(*make, timeout_s=900)
        call(*PODMAN, "import", root, BASE_IMAGE, timeout_s=300)


def build(service: Mapping[str, Any], tag: str, folder: Path) -> None:
    """What `docker compose build` makes of this service, on our own base image and with this machine's pip configuration."""
    configuration, places = _pip_configuration(folder)
    arguments = {**service["build"]["args"], "BASE_IMAGE": BASE_IMAGE}
    command = ["buildah", "build", "--isolation", "chroot", "--network", "host", "--format", "docker", "--layers"]
    command += ["--secret", f"id=pip,src={configuration}"]
    command += [word for place in places for word in ("-v", f"{place}:{place}:ro")]
    command += [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    command += ["--target", service["build"]["target"], "-t", tag, "-f", service["build"]["dockerfile"], "."]
    call(*command, timeout_s=1500)


def run_options(service: Mapping[str, Any], network: str = "none") -> list[str]:
    """The service's restrictions as options of `podman run`. Without a network only the container itself can be reached."""
    options = ["--network", network, "--health-interval", "disable", *LIMITS]
    # Docker adds no writable places of its own to a read-only container; podman would.
    options += ["--read-only", "--read-only-tmpfs=false"] if service["read_only"] else []
    options += [word for place in service["tmpfs"] for word in ("--tmpfs", place)]
    options += [word for name in service["cap_drop"] for word in ("--cap-drop", name)]
    return options + [word for name in service["security_opt"] for word in ("--security-opt", name.removesuffix(":true"))]


def _pip_configuration(folder: Path) -> tuple[Path, Sequence[str]]:
    """(a pip.conf with everything that steers pip on this machine, the files and folders that it names)."""
    listing = call(sys.executable, "-m", "pip", "config", "list").stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        found.setdefault(section, {})[key] = str(ast.literal_eval(value))
    values = {**found["global"], **found["install"], **found[":env:"]}
    path = folder / "pip.conf"
    path.write_text("[global]\n" + "".join(f"{key} = {' '.join(value.split())}\n" for key, value in values.items()))
    places = {place for value in values.values() for word in value.split() if (place := _place(word))}
    return path, sorted(places)


def _place(word: str) -> str:
    """The local file or folder that a setting names, else empty. An index lies beside its files: the folder that holds both."""
    if word.startswith("file:"):
        return str(Path(url2pathname(urlparse(word).path)).parent)
    return word if word.startswith("/") and Path(word).exists() else ""
