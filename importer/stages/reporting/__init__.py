"""Makes of a run what a person and a scheduler want to know: the report."""

from importer.stages.reporting.cautions import Caution, Cautions
from importer.stages.reporting.reasons import Reason, Reasons
from importer.stages.reporting.report import RunReport, exit_code

__all__ = ["Caution", "Cautions", "Reason", "Reasons", "RunReport", "exit_code"]
