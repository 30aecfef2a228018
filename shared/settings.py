"""Configuration from the environment: every variable starts with `SEXTANT_`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import BadInput
from shared.validation import bad_input

__all__ = ["Settings", "settings"]


class Settings(BaseSettings):
    """What a person may set; a wrong value is refused at start with its name."""

    model_config = SettingsConfigDict(env_prefix="SEXTANT_", env_ignore_empty=True, extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("sextant"),
        description="folder of the run history and the artifacts",
    )
    database_url: str = Field(default="", description="SQLAlchemy URL of the run history; empty = SQLite in `home`")
    artifacts_url: str = Field(default="", description="fsspec URL of the artifact store; empty = a folder in `home`")
    device: str = Field(default="auto", description="auto, cpu, cuda, cuda:1, mps, xpu")
    memory_budget_bytes: int = Field(default=0, ge=0, description="byte budget of the device; 0 = what it has, less a reserve")
    workers: int = Field(default=2, ge=1, le=64, description="runs that execute at the same time in one process")
    owner: str = Field(default="local", description="owner written into runs started by this process")
    server: str = Field(default="", description="URL of a Sextant server that runs everything instead of this process")
    server_key: SecretStr = Field(default=SecretStr(""), description="API key for that server")
    api_keys: str = Field(default="", description="name=sha256 of its key, with commas between; made by python -m shared.api.keys NAME")
    hosts: str = Field(default="", description="names this machine is called by beside localhost, with commas between")
    origins: str = Field(default="", description="other web origins (https://host:port) whose pages may call the server")
    sign: bool = Field(default=True, description="sign what the studios make with Content Credentials, where the format takes them")
    signing_certificate: Path | None = Field(default=None, description="PEM chain of your own to sign with; a local test one otherwise")
    signing_key: Path | None = Field(default=None, description="PEM private key of that certificate, not encrypted")
    max_upload_bytes: int = Field(default=2 << 30, ge=1, description="largest body with files that the server takes")
    max_json_bytes: int = Field(default=16 << 20, ge=1, description="largest body without files that the server takes")

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'runs.sqlite3'}"

    @property
    def resolved_artifacts_url(self) -> str:
        return self.artifacts_url or (self.home / "artifacts").resolve().as_uri()


@cache
def settings() -> Settings:
    """The process's settings, read once (`settings.cache_clear()` reads them again). Raises `BadInput` naming the variable."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = bad_input(error)
        names = ", ".join(f"SEXTANT_{problem['loc'][0]}".upper() for problem in error.errors())
        raise BadInput(f"{names}: {wrong.message}", remedy="Correct the variable or unset it.", field=wrong.field) from None
