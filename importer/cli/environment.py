"""Reads settings from the environment and from `.env`; flags win over both."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from importer.config import STATE_DIR, Secret, Target, base_url_for
from importer.errors import TargetError, UsageError


class Environment(BaseSettings):
    """The MOENGAGE_* variables; an empty one counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix="MOENGAGE_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    app_id: str | None = None
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    data_center: str | None = None
    base_url: str | None = None
    state_dir: Path | None = None


def read_environment() -> Environment:
    try:
        return Environment()
    except (ValidationError, UnicodeDecodeError) as error:
        raise UsageError(
            "the environment or .env",
            f"settings that cannot be read ({type(error).__name__})",
            "MOENGAGE_... variables as the README shows them",
            "check .env",
        ) from None


def state_dir(asked: Path | None) -> Path:
    """Give the state folder, absolute: the flag's, the environment's, or the default."""
    return (asked or read_environment().state_dir or STATE_DIR).absolute()


def workspace() -> str:
    """Give the workspace's id, for a command that sends nothing; TargetError if none is named."""
    app_id = read_environment().app_id
    if app_id is None:
        raise TargetError(
            "the workspace",
            "MOENGAGE_APP_ID not set",
            "the Workspace ID that a run would send to, in the environment or in .env",
            "copy it from Settings > Account > APIs in the dashboard. To compare with what runs "
            "with --sandbox have sent: --sandbox",
        )
    return app_id


def target_from_environment() -> Target:
    """Build the target; TargetError says which variables are missing and how to set them."""
    settings = read_environment()
    api_key = _api_key(settings)
    missing = [
        name
        for name, value in (
            ("MOENGAGE_APP_ID", settings.app_id),
            ("MOENGAGE_API_KEY", api_key),
            ("MOENGAGE_DATA_CENTER", settings.data_center or settings.base_url),
        )
        if not value
    ]
    if missing or settings.app_id is None or api_key is None:
        raise TargetError(
            "the target",
            f"{', '.join(missing)} not set",
            "MOENGAGE_APP_ID, MOENGAGE_API_KEY (or MOENGAGE_API_KEY_FILE) and "
            "MOENGAGE_DATA_CENTER, in the environment or in .env",
            "copy them from Settings > Account > APIs in the dashboard; the data centre is the "
            "number in its address (dashboard-03...). To try without a workspace: --sandbox",
        )
    url = settings.base_url or base_url_for(settings.data_center or "")
    return Target(settings.app_id, api_key, url.rstrip("/"))


def _api_key(settings: Environment) -> Secret | None:
    if settings.api_key is not None:
        return Secret(settings.api_key.get_secret_value())
    if settings.api_key_file is None:
        return None
    try:
        return Secret(settings.api_key_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise TargetError(
            "MOENGAGE_API_KEY_FILE",
            f"{settings.api_key_file}, which cannot be read ({reason})",
            "a file with the API key and nothing else",
            "check the path and its permissions",
        ) from None
