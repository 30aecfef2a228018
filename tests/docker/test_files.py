"""The container files: linted, of one mind with each other and with pyproject.toml, and closed where they can be."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from suite.torch_build import TORCH
from tests.checkout import ROOT
from tests.docker.files import DOCKER, PROJECT, TEAMS, bake_targets, compose, dockerfile_arguments, dockerfile_sources

SCRIPTS = Path(sys.executable).parent
SERVICES = compose("compose.yaml")
ON_GPU = compose("compose.yaml", "compose.gpu.yaml")
BAKED = bake_targets()


def lint(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(SCRIPTS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def lint_compose(*files: Path) -> subprocess.CompletedProcess[str]:
    return lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *map(str, files))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    result = lint("hadolint", "--no-color", "--failure-threshold", "style", "docker/Dockerfile")
    assert result.returncode == 0, result.stdout


def test_the_compose_files_are_what_the_specification_allows() -> None:
    result = lint_compose(DOCKER / "compose.yaml", DOCKER / "compose.gpu.yaml")
    assert result.returncode == 0, result.stdout


def test_a_typo_in_a_compose_file_is_caught(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((DOCKER / "compose.yaml").read_text().replace("cap_drop:", "cap_drops:"))
    assert lint_compose(wrong).returncode == 1


def test_there_is_a_profile_a_team_and_one_engine_for_all() -> None:
    assert set(SERVICES) == {"engine", *TEAMS}
    assert "profiles" not in SERVICES["engine"]
    for team in TEAMS:
        service = SERVICES[team]
        assert service["profiles"] == [team]
        assert service["depends_on"] == {"engine": {"condition": "service_healthy"}}
        assert service["environment"]["SEXTANT_SERVER"] == "http://engine:8080"
    # the engine answers to the name that the teams call it by, and no other without being told
    assert SERVICES["engine"]["environment"]["SEXTANT_HOSTS"].strip(",") == "engine"


@pytest.mark.parametrize("team", TEAMS)
def test_a_team_gets_its_own_extra_and_its_own_page(team: str) -> None:
    arguments = SERVICES[team]["build"]["args"]
    assert arguments["APP"] == team
    assert arguments["EXTRAS"] == f"{team},ui"
    assert {*arguments["EXTRAS"].split(",")} <= PROJECT["optional-dependencies"].keys()


def test_compose_and_bake_build_the_same_images() -> None:
    for name, service in SERVICES.items():
        target = BAKED[name]
        assert target["args"] == service["build"]["args"]
        assert target["target"] == service["build"]["target"]
        assert target["tags"] == [service["image"]] == [f"sextant-{name}:{PROJECT['version']}"]
        assert (target["context"], service["build"]["context"]) == (".", "..")
        assert target["dockerfile"] == service["build"]["dockerfile"] == "docker/Dockerfile"
    assert BAKED["engine-cuda"]["args"] == ON_GPU["engine"]["build"]["args"]
    assert BAKED["engine-cuda"]["tags"] == [ON_GPU["engine"]["image"]]


def test_every_build_argument_is_one_of_the_dockerfile() -> None:
    declared = dockerfile_arguments()
    assert {"BASE_IMAGE", "APP", "EXTRAS", "TORCH_SPEC"} <= declared.keys()
    for given in [target.get("args", {}) for target in BAKED.values()]:
        assert given.keys() <= declared.keys()
        assert given["BASE_IMAGE"] == declared["BASE_IMAGE"]
    assert declared["EXTRAS"] in PROJECT["optional-dependencies"]


def test_torch_is_the_version_that_everything_else_installs() -> None:
    assert dockerfile_arguments()["TORCH_SPEC"] == BAKED["common"]["args"]["TORCH_SPEC"] == f"torch=={TORCH}"
    # with `==` and find-links pip takes the CPU build even where CUDA is wanted
    assert BAKED["engine-cuda"]["args"]["TORCH_SPEC"] == f"torch==={TORCH}"


@pytest.mark.parametrize(("name", "service"), [*SERVICES.items(), ("engine on a GPU", ON_GPU["engine"])])
def test_every_container_is_closed(name: str, service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "user", "devices"} & service.keys()
    assert [entry.partition(":")[0] for entry in service["tmpfs"]] == ["/tmp"]
    (volume,) = service["volumes"]
    assert volume.endswith(":/data") and not volume.startswith((".", "/", "~"))


def test_ports_are_of_this_machine_only_and_each_has_its_own() -> None:
    published = [port for service in SERVICES.values() for port in service["ports"]]
    assert all(port.startswith("127.0.0.1:") and port.endswith(":8080") for port in published)
    assert len(set(published)) == len(SERVICES)


def test_only_the_engine_gets_the_gpu() -> None:
    (device,) = ON_GPU["engine"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]
    assert [ON_GPU[team] for team in TEAMS] == [SERVICES[team] for team in TEAMS]


def test_the_build_context_is_what_the_dockerfile_copies() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert let_in == set(dockerfile_sources())
    assert all((ROOT / source).exists() for source in let_in)
    assert any(fnmatch.fnmatch("apps/medical/__pycache__", line) for line in lines[1:])


def test_the_page_says_where_each_team_is() -> None:
    rows = [line for line in (ROOT / "docs" / "containers.md").read_text().splitlines() if line.startswith("| ") and "127.0.0.1" in line]
    told = {tuple(re.findall(r"127[0-9.]+:\d+|(?<=`)sextant-\w+(?=`)|[\w,]+(?=` \|$)", row)) for row in rows}
    built = {
        (service["ports"][0].removesuffix(":8080"), service["image"].partition(":")[0], service["build"]["args"]["EXTRAS"])
        for service in SERVICES.values()
    }
    assert told == built
