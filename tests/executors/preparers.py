"""Holds Preparers that misbehave; worker processes import them from here."""

from __future__ import annotations

import os
from typing import Any

from importer.errors import SourceError
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block


class Dying(Preparer):
    """Ends its whole process at the second block, as the system does when memory is short."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dying, (self.mapping, self.only))

    def prepare(self, block: Block) -> Prepared:
        if block.number == 1:
            os._exit(9)
        return super().prepare(block)


class Refusing(Preparer):
    """Raises an error of ours at the second block."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Refusing, (self.mapping, self.only))

    def prepare(self, block: Block) -> Prepared:
        if block.number == 1:
            raise SourceError("u.csv row 3", "a broken page", "a whole file", "copy it again")
        return super().prepare(block)
