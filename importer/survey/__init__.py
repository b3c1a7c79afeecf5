"""Looks at a whole source before the first request: who stands in several rows, what is repeated."""

from importer.survey.opening import asks_for_survey, survey_source, surveyed
from importer.survey.survey import RowPlace, Survey

__all__ = ["RowPlace", "Survey", "asks_for_survey", "survey_source", "surveyed"]
