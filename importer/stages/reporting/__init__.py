"""Makes of a run what a person and a scheduler want to know: the report."""

from importer.stages.reporting.reasons import Reason, Reasons
from importer.stages.reporting.report import RunReport, exit_code

__all__ = ["Reason", "Reasons", "RunReport", "exit_code"]
