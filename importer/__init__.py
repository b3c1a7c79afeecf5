"""Imports users from tables into MoEngage, with every row accounted for.

    from importer import Secret, Target, run_import

    report = run_import("users.csv", "mappings/crm.yaml", Target("ABC123", Secret(key), url))
    report.fates, report.dead_letter, report.exit

Nothing here prints or installs a signal handler.
"""

from importer.check import check_source
from importer.config import Allowance, Rate, RunConfig, Secret, SendingConfig, Target, base_url_for
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
from importer.mapping_file import Mapping, load_mapping
from importer.observer import Observer
from importer.ping import Ping, ping_target
from importer.preview import PreviewRow, PreviewValue, preview_source
from importer.records import Fate, Stop
from importer.run import run_import
from importer.stages.reporting import Reason, RunReport
from importer.stopping import StopSignal

__all__ = [
    "Allowance",
    "Defect",
    "Fate",
    "ImporterError",
    "Mapping",
    "MappingError",
    "Observer",
    "Ping",
    "PreviewRow",
    "PreviewValue",
    "Problem",
    "Rate",
    "Reason",
    "RunConfig",
    "RunReport",
    "Secret",
    "SendingConfig",
    "SourceChanged",
    "SourceError",
    "StateError",
    "Stop",
    "StopSignal",
    "Target",
    "TargetError",
    "UsageError",
    "base_url_for",
    "check_source",
    "load_mapping",
    "ping_target",
    "preview_source",
    "run_import",
]
