"""The medical team's image, built and started as compose.yaml says: `make test ARGS='-m docker -s'`. Root, and some minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.files import compose
from tests.docker.machine import BASE_IMAGE, PODMAN, build, call, make_base_image, missing, run_options

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

SERVICE = compose("compose.yaml")["medical"]
IMAGE = "localhost/sextant-medical:test"
SERVER = "sextant-test-server"
HEALTHY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 10.0


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    make_base_image()
    begun = time.monotonic()
    build(SERVICE, IMAGE, tmp_path_factory.mktemp("build"))
    size_bytes = [int(call(*PODMAN, "image", "inspect", "--format", "{{.Size}}", name).stdout) for name in (IMAGE, BASE_IMAGE)]
    print(f"\nimage: {size_bytes[0] / 1e6:.0f} MB, of which {size_bytes[1] / 1e6:.0f} the base; built in {time.monotonic() - begun:.0f} s")
    return IMAGE


@pytest.fixture(scope="module")
def server(image: str) -> Iterator[str]:
    """A container on the image's own command; alone in the world, so that whatever it needs is in the image."""
    call(*PODMAN, "rm", "--force", "--ignore", "--volumes", SERVER)
    options = [*run_options(SERVICE), "--env", "SEXTANT_HOSTS=engine"]
    begun = time.monotonic()
    call(*PODMAN, "run", "--detach", "--name", SERVER, *options, image)
    try:
        while not is_healthy():
            assert time.monotonic() - begun < HEALTHY_WITHIN_S, call(*PODMAN, "logs", SERVER, check=False).stderr[-3000:]
            time.sleep(0.2)
        print(f"server: healthy {time.monotonic() - begun:.1f} s after its start")
        yield SERVER
    finally:
        call(*PODMAN, "rm", "--force", "--time", "0", "--volumes", SERVER)


def is_healthy() -> bool:
    """The image's HEALTHCHECK, asked once."""
    return call(*PODMAN, "healthcheck", "run", SERVER, check=False).returncode == 0


def in_image(image: str, *command: str) -> str:
    """What a command prints in a container of its own."""
    return call(*PODMAN, "run", "--rm", *run_options(SERVICE), "--entrypoint", command[0], image, *command[1:]).stdout


def test_it_runs_as_a_user_without_rights(image: str) -> None:
    assert in_image(image, "id").startswith("uid=10001(sextant) gid=10001(sextant)")
    status = in_image(image, "cat", "/proc/self/status")
    assert "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status


def test_only_its_two_folders_can_be_written_to(image: str) -> None:
    probe = "for place in / /opt/sextant /usr/bin /etc /var/tmp /tmp /data; do touch $place/probe 2>/dev/null && echo $place; done; true"
    assert in_image(image, "sh", "-c", probe).split() == ["/tmp", "/data"]


def test_neither_a_compiler_nor_the_configuration_of_pip_is_in_it(image: str) -> None:
    probe = "command -v cc gcc g++ clang make ld; ls /etc/pip.conf /root/.cache 2>/dev/null; true"
    assert in_image(image, "sh", "-c", probe) == ""
    said = call(*PODMAN, "image", "inspect", image).stdout + call(*PODMAN, "history", "--no-trunc", image).stdout
    assert "find-links" not in said.lower() and "index-url" not in said.lower()


def test_doctor_finds_it_complete(image: str) -> None:
    checks = {check["name"]: check for check in json.loads(in_image(image, "sextant", "doctor", "--json"))}
    assert [check for check in checks.values() if check["state"] == "broken"] == []
    assert [name for name in checks if name.startswith("studio")] == ["studio medical"]


def test_a_ct_is_enhanced_over_http(server: str) -> None:
    inside = (Path(__file__).parent / "inside.py").read_text()
    begun = time.monotonic()
    seen = json.loads(call(*PODMAN, "exec", "--interactive", server, "python", "-", stdin=inside, timeout_s=180).stdout)
    print(f"CT enhanced over HTTP in {time.monotonic() - begun:.1f} s")
    assert seen == {"studios": ["medical"], "status": "done", "before": [128, 128], "after": [256, 256], "kind": "DERIVED"}


def test_another_container_sends_its_runs_to_it(server: str, image: str, tmp_path: Path) -> None:
    """As a team's container beside the engine: by the name `engine`, from the same network."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost engine\n")
    options = [*run_options(SERVICE, f"container:{server}"), "--volume", f"{hosts}:/etc/hosts:ro"]
    options += ["--env", "SEXTANT_SERVER=http://engine:8080"]
    source = "$(python -c 'from pydicom.data import get_testdata_file as f; print(f(\"CT_small.dcm\"))')"
    command = f"sextant medical enhance {source} --model bicubic-ibp --out /tmp/out --json && ls /tmp/out"
    printed = call(*PODMAN, "run", "--rm", *options, "--entrypoint", "sh", image, "-c", command, timeout_s=180).stdout
    assert '"status": "done"' in printed and ".dcm" in printed
    listed = json.loads(call(*PODMAN, "exec", server, "sextant", "runs", "list", "--json").stdout)
    assert "bicubic-ibp" in json.dumps(listed)


def test_it_stops_soon_and_cleanly(server: str) -> None:
    begun = time.monotonic()
    call(*PODMAN, "stop", "--time", "20", server)
    took_s = time.monotonic() - begun
    print(f"server: stopped in {took_s:.1f} s")
    assert took_s < STOPPED_WITHIN_S
    assert call(*PODMAN, "inspect", "--format", "{{.State.ExitCode}}", server).stdout.strip() == "0"
