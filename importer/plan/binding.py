"""Holds a run to the plan that was made of it: the same source, mapping, workspace and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from importer.config import RunConfig
from importer.errors import UsageError
from importer.job import Job
from importer.runs.run_options import mapping_hash, told_option, what_is_sent
from importer.stages.reading import difference

VERSION = 1


def binding(job: Job, workspace: str, config: RunConfig) -> dict[str, Any]:
    """Give what a plan holds a run to."""
    return {
        "plan": VERSION,
        "workspace": workspace,
        "mapping": mapping_hash(job.mapping.text),
        "source": job.source.fingerprint(),
        "options": what_is_sent(config),
    }


def require_planned(path: Path, job: Job, workspace: str, config: RunConfig) -> None:
    """Refuse a run that is not what was planned; UsageError names what differs."""
    planned = _read(path)
    now = binding(job, workspace, config)
    changes = []
    if planned["workspace"] != workspace:
        changes.append(f"the workspace ({planned['workspace']} then, {workspace} now)")
    if planned["mapping"] != now["mapping"]:
        changes.append(f"the mapping {job.mapping.file}")
    if moved := difference(planned["source"], now["source"]):
        changes.append(f"the source ({moved})")
    then = planned["options"]
    changes += [
        told_option(name) for name in now["options"] if then.get(name) != now["options"][name]
    ]
    if changes:
        raise UsageError(
            f"--plan {path}",
            f"a plan for another run; changed since: {', '.join(changes)}",
            "the source, mapping, workspace and options that were planned",
            "plan again with `moengage-import plan`, and look at what changed",
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["plan"] == VERSION and isinstance(content["options"], dict):
            difference(content["source"], content["source"])
            return {key: content[key] for key in ("workspace", "mapping", "source", "options")}
        found = "a plan of another version"
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError):
        found = "a file that is no plan"
    raise UsageError(
        f"--plan {path}", found, "what `moengage-import plan --out` wrote", "plan again"
    )
