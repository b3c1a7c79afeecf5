"""Gives cells their types: a value that means the same, or a bad cell; never a guess.

A pure stage: no row depends on its neighbours, nor on where a block begins.
"""

from __future__ import annotations

from importer.stages.coercing.batches import coerce
from importer.stages.coercing.contract import Example, ValueType
from importer.stages.coercing.fixed_values import fixed_value_problems
from importer.stages.coercing.registry import TYPES
from importer.stages.coercing.steps import Step, steps_of

__all__ = ["TYPES", "Example", "Step", "ValueType", "coerce", "fixed_value_problems", "steps_of"]
