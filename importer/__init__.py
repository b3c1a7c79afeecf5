"""Imports users from tables into MoEngage, with every row accounted for.

    from importer import Secret, Target, run_import

    target = Target("ABC123", Secret(key), "https://api-03.moengage.com")
    report = run_import("users.csv", "mappings/crm.yaml", target)
    report.fates, report.dead_letter, report.exit

Nothing here prints or installs a signal handler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importer.amounts import Allowance, Rate
    from importer.check import check_source
    from importer.config import RunConfig, Secret, SendingConfig, Target, base_url_for
    from importer.errors import (
        Defect,
        ImporterError,
        MappingError,
        Problem,
        SourceChanged,
        SourceError,
        StateError,
        TargetError,
        UsageError,
    )
    from importer.history.comparing import Compared, Verdict
    from importer.history.past_runs import PastRun, Standing, find_past_run, list_runs
    from importer.history.pruning import Pruned, prune_runs
    from importer.history.verify import Verification, VerifiedUser, verify_run
    from importer.history.why import RowStory, Story, explain_row, explain_user
    from importer.mapping_check.check import MappingCheck, check_mapping
    from importer.mapping_check.expectations import Difference
    from importer.mapping_check.own_tests import MappingTestResult, run_mapping_tests
    from importer.mapping_file import Mapping, load_mapping
    from importer.mapping_file.conversion import Converted, convert_mapping
    from importer.mapping_file.schema import mapping_schema
    from importer.memory.opening import clear_memory, show_memory
    from importer.mended.retried_rows import RetryChoice
    from importer.observer import Observer
    from importer.ping import Ping, ping_target
    from importer.plan.plan import Plan, plan_import
    from importer.preview import PreviewRow, PreviewValue, preview_source
    from importer.proposal import Proposal, propose_mapping
    from importer.records import Fate, Stop
    from importer.resume import Unfinished, find_unfinished, resume_run
    from importer.retry import retry_rows
    from importer.run import run_import
    from importer.stages.recording import Remembered
    from importer.stages.reporting import Reason, RunReport
    from importer.stopping import StopSignal

# The module of each name.  They are loaded when first used, so that `--help` need not wait for
# pandas and Arrow.
_HOMES = {
    "Allowance": "amounts",
    "Compared": "history.comparing",
    "Converted": "mapping_file.conversion",
    "Defect": "errors",
    "Difference": "mapping_check.expectations",
    "Fate": "records",
    "ImporterError": "errors",
    "Mapping": "mapping_file",
    "MappingCheck": "mapping_check.check",
    "MappingError": "errors",
    "MappingTestResult": "mapping_check.own_tests",
    "Observer": "observer",
    "PastRun": "history.past_runs",
    "Ping": "ping",
    "Plan": "plan.plan",
    "PreviewRow": "preview",
    "PreviewValue": "preview",
    "Problem": "errors",
    "Proposal": "proposal",
    "Pruned": "history.pruning",
    "Rate": "amounts",
    "Reason": "stages.reporting",
    "Remembered": "stages.recording",
    "RetryChoice": "mended.retried_rows",
    "RowStory": "history.why",
    "RunConfig": "config",
    "RunReport": "stages.reporting",
    "Secret": "config",
    "SendingConfig": "config",
    "SourceChanged": "errors",
    "SourceError": "errors",
    "Standing": "history.past_runs",
    "StateError": "errors",
    "Stop": "records",
    "StopSignal": "stopping",
    "Story": "history.why",
    "Target": "config",
    "TargetError": "errors",
    "Unfinished": "resume",
    "UsageError": "errors",
    "Verdict": "history.comparing",
    "Verification": "history.verify",
    "VerifiedUser": "history.verify",
    "base_url_for": "config",
    "check_mapping": "mapping_check.check",
    "check_source": "check",
    "clear_memory": "memory.opening",
    "convert_mapping": "mapping_file.conversion",
    "explain_row": "history.why",
    "explain_user": "history.why",
    "find_past_run": "history.past_runs",
    "find_unfinished": "resume",
    "list_runs": "history.past_runs",
    "load_mapping": "mapping_file",
    "mapping_schema": "mapping_file.schema",
    "ping_target": "ping",
    "plan_import": "plan.plan",
    "preview_source": "preview",
    "propose_mapping": "proposal",
    "prune_runs": "history.pruning",
    "resume_run": "resume",
    "retry_rows": "retry",
    "run_import": "run",
    "run_mapping_tests": "mapping_check.own_tests",
    "show_memory": "memory.opening",
    "verify_run": "history.verify",
}

__all__ = [
    "Allowance",
    "Compared",
    "Converted",
    "Defect",
    "Difference",
    "Fate",
    "ImporterError",
    "Mapping",
    "MappingCheck",
    "MappingError",
    "MappingTestResult",
    "Observer",
    "PastRun",
    "Ping",
    "Plan",
    "PreviewRow",
    "PreviewValue",
    "Problem",
    "Proposal",
    "Pruned",
    "Rate",
    "Reason",
    "Remembered",
    "RetryChoice",
    "RowStory",
    "RunConfig",
    "RunReport",
    "Secret",
    "SendingConfig",
    "SourceChanged",
    "SourceError",
    "Standing",
    "StateError",
    "Stop",
    "StopSignal",
    "Story",
    "Target",
    "TargetError",
    "Unfinished",
    "UsageError",
    "Verdict",
    "Verification",
    "VerifiedUser",
    "base_url_for",
    "check_mapping",
    "check_source",
    "clear_memory",
    "convert_mapping",
    "explain_row",
    "explain_user",
    "find_past_run",
    "find_unfinished",
    "list_runs",
    "load_mapping",
    "mapping_schema",
    "ping_target",
    "plan_import",
    "preview_source",
    "propose_mapping",
    "prune_runs",
    "resume_run",
    "retry_rows",
    "run_import",
    "run_mapping_tests",
    "show_memory",
    "verify_run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'importer' has no attribute {name!r}")
    return getattr(import_module(f"importer.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
