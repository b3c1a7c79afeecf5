"""Holds the command `sandbox`: a User API on this machine."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from importer.sandbox import Sandbox

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")]
Database = Annotated[
    Path | None,
    typer.Option(
        "--db", help="Keep the profiles in this file.", metavar="PATH", show_default="memory"
    ),
]
RateLimit = Annotated[str, typer.Option(help="Users a minute, such as 10000/min, or none.")]
Faults = Annotated[
    Path | None,
    typer.Option(help="A JSON file of faults to begin with.", metavar="FILE", show_default=False),
]
OrderBy = Annotated[
    str | None,
    typer.Option(help="Count smaller values of this attribute after larger ones.", metavar="ATTR"),
]
AppId = Annotated[str, typer.Option(help="The workspace's id.")]
ApiKeyFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with the API key to take. \\[default: a new key]", show_default=False
    ),
]
WithParent = Annotated[bool, typer.Option("--with-parent", hidden=True)]


def sandbox(
    host: Host = "127.0.0.1",
    port: Port = 0,
    db: Database = None,
    rate_limit: RateLimit = "10000/min",
    faults: Faults = None,
    order_by: OrderBy = None,
    app_id: AppId = "SANDBOX",
    api_key_file: ApiKeyFile = None,
    with_parent: WithParent = False,
    as_json: options.Json = False,
) -> int:
    """Serve a User API on this machine, for trying things out.  Ctrl-C ends it."""
    from dataclasses import replace

    from importer.amounts import Rate
    from importer.sandbox import SandboxConfig, serve

    options.ready()
    users_per_minute = Rate.parse(rate_limit, "--rate-limit").users_per_minute
    config = SandboxConfig(
        host=host,
        port=port,
        db=db,
        app_id=app_id,
        rate_limit_per_minute=None if users_per_minute is None else max(int(users_per_minute), 1),
        faults=None if faults is None else _faults(faults),
        order_by=order_by,
    )
    if api_key_file is not None:
        config = replace(config, api_key=_text(api_key_file, "--api-key-file").strip())
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(config, _announce_json if as_json else _announce)
    return 0


def _announce_json(running: Sandbox) -> None:
    from importer.cli.output import print_json

    print_json(_access(running))
    sys.stdout.flush()


def _announce(running: Sandbox) -> None:
    access = _access(running)
    print(f"The sandbox is ready at {access['base_url']}; Ctrl-C ends it. To send to it:")
    print(f"  export MOENGAGE_BASE_URL={access['base_url']}")
    print(f"  export MOENGAGE_APP_ID={access['app_id']}")
    print(f"  export MOENGAGE_API_KEY={access['api_key']}")
    print("Next: moengage-import run SOURCE --mapping FILE", flush=True)


def _access(running: Sandbox) -> dict[str, str]:
    return {
        "base_url": running.base_url,
        "app_id": running.app_id,
        "api_key": running.api_key,
    }


def _faults(path: Path) -> Mapping[str, object]:
    import json

    from importer.errors import UsageError

    try:
        content = json.loads(_text(path, "--faults"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise UsageError("--faults", f"{path}, which is no JSON object", "a JSON object", "mend it")
    return content


def _text(path: Path, option: str) -> str:
    from importer.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(
            option, f"{path}, which cannot be read ({reason})", "a text file", "check the path"
        ) from None


def _end_with_parent() -> None:
    """End when whoever started us is gone: its end of our standard input closes with it."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
