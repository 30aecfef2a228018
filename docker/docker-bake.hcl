# docker buildx bake -f docker/docker-bake.hcl [TARGET...]     from the repository's root; without a target, every image for the CPU

variable "BASE_IMAGE" { default = "python:3.11-slim-bookworm" }
variable "TORCH_SPEC" { default = "torch==2.13.0" }
variable "PIP_FIND_LINKS" { default = "" }
variable "PIP_CONFIG_FILE" { default = "/dev/null" }
variable "PREFIX" { default = "sextant-" } # "registry.example/team/sextant-" to push
variable "VERSION" { default = "0.1.0" }

group "default" { targets = ["engine", "team"] }

target "common" {
  context    = "."
  dockerfile = "docker/Dockerfile"
  secret     = ["id=pip,src=${PIP_CONFIG_FILE}"]
  args = {
    BASE_IMAGE     = BASE_IMAGE
    TORCH_SPEC     = TORCH_SPEC
    PIP_FIND_LINKS = PIP_FIND_LINKS
  }
}

target "engine" {
  inherits = ["common"]
  target   = "engine"
  args     = { EXTRAS = "all" }
  tags     = ["${PREFIX}engine:${VERSION}"]
}

target "engine-cuda" {
  inherits = ["engine"]
  args     = { TORCH_SPEC = "torch===2.13.0" }
  tags     = ["${PREFIX}engine:${VERSION}-cuda"]
}

# Six targets: `docker buildx bake medical` builds one of them, `team` all.
target "team" {
  name     = app
  matrix   = { app = ["marketing", "medical", "molecules", "design", "audio", "deepfake"] }
  inherits = ["common"]
  target   = "team"
  args     = { APP = app, EXTRAS = "${app},ui" }
  tags     = ["${PREFIX}${app}:${VERSION}"]
}
