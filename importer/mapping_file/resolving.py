"""Fills a mapping's defaults in and refuses what no single key can know to be wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, cast

from importer.mapping_file.api_rules import breaches
from importer.mapping_file.duplicates import duplicates_of
from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import MappingModel
from importer.mapping_file.guards import guards_of
from importer.mapping_file.mapping import (
    BadValue,
    Blank,
    Mapping,
    UnsetRule,
)
from importer.mapping_file.naming import nearest
from importer.mapping_file.own_tests import own_test
from importer.mapping_file.source_options import OPTION_TEXTS, source_options
from importer.mapping_file.values import Values
from importer.mapping_file.yaml_tree import Located, Path
from importer.records import SourceOptions
from importer.rules import RULES, SWITCHABLE, Switch


def resolve(model: MappingModel, findings: Findings, text: str) -> Mapping:
    """Build the Mapping, and note every problem of what the model's keys mean together.

    Of a part with a problem it holds what could be read.
    """
    return _Resolver(model, findings).mapping(text)


@dataclass
class _Resolver:
    model: MappingModel
    findings: Findings

    @property
    def document(self) -> Located:
        return self.findings.document

    def mapping(self, text: str) -> Mapping:
        model = self.model
        values = Values(model, self.findings)
        attributes = tuple(values.attribute(name) for name in model.attributes)
        result = Mapping(
            file=self.document.file,
            name=model.name or FilePath(self.document.file).stem,
            customer_id=values.customer_id(),
            attributes=attributes,
            target_app_id=model.target.app_id if model.target else None,
            source=self._source(),
            nulls=frozenset(model.source.nulls),
            platforms=tuple(values.platform(index) for index in range(len(model.platforms))),
            unset=tuple(
                UnsetRule(rule.attr, rule.match, rule.case_sensitive) for rule in model.unset
            ),
            where={column: frozenset(cells) for column, cells in model.where.items()},
            blank=cast(Blank, model.blank),
            bad_value=cast(BadValue, model.bad_value),
            duplicates=duplicates_of(model, values, attributes, self.findings),
            guards=guards_of(model.guards, self._refuse_guard),
            unmapped=cast(Any, model.unmapped),
            send=cast(Any, model.send),
            update_existing_only=model.update_existing_only,
            switches=cast(dict[str, Switch], model.rules),
            tests=tuple(
                own_test(test, index, self.findings) for index, test in enumerate(model.tests)
            ),
            places=self._column_places(),
            text=text,
        )
        self._check_whole(result)
        return replace(result, warnings=tuple(self.findings.warnings))

    def _source(self) -> SourceOptions:
        source = self.model.source
        options, problems = source_options(
            {name: getattr(source, name) for name in OPTION_TEXTS},
            rename_columns=source.rename_columns,
            trailing_delimiter=source.trailing_delimiter,
        )
        for problem in problems:
            self.findings.add(
                ("source", problem.option), problem.found, problem.expected, problem.remedy
            )
        return replace(options, sheet=source.sheet, missing_columns=source.missing_columns)

    def _refuse_guard(self, key: str, found: str, expected: str) -> None:
        self.findings.add(("guards", key), found, expected, "correct it")

    def _check_rules(self, mapping: Mapping) -> None:
        """Note each breach of the API's rules as an error or a warning, by its switch."""
        for breach in breaches(mapping):
            code = breach.code
            if mapping.switch(code) == "warn":
                self.findings.warn(breach.path, f"{breach.found} [{code}]", of_key=breach.of_key)
                continue
            self.findings.add(
                breach.path,
                breach.found,
                f"{breach.expected} [{code}]",
                RULES[code].fix,
                of_key=breach.of_key,
            )

    def _check_whole(self, mapping: Mapping) -> None:
        for code in mapping.switches:
            if code not in SWITCHABLE:
                guess = nearest(code, sorted(SWITCHABLE))
                self.findings.add(
                    ("rules", code),
                    f"`{code}`, which is no rule that can be switched",
                    ", ".join(sorted(SWITCHABLE)),
                    f"did you mean `{guess}`?" if guess else "remove it",
                    of_key=True,
                )
                continue
            if mapping.switches[code] not in RULES[code].choices:
                words = ", ".join(RULES[code].choices)
                self.findings.add(
                    ("rules", code),
                    f"`{code}: {mapping.switches[code]}`",
                    f"one of {words}",
                    f"choose one of {words}; `moengage-import rules {code}` explains the rule",
                )
        self._check_unset(mapping)
        self._check_rules(mapping)

    def _check_unset(self, mapping: Mapping) -> None:
        for index, rule in enumerate(mapping.unset):
            if rule.attr.strip() == "":
                self.findings.add(("unset", index, "attr"), "no name", "an attribute", "write it")

    def _column_places(self) -> dict[str, str]:
        """Give, for each text in the file, the first place where it stands (for messages)."""
        places: dict[str, str] = {}
        for path, (line, column) in self.document.values.items():
            text = _value_at(self.document.root, path)
            if isinstance(text, str) and path[0] in _NAMING:
                names = _BRACED.findall(text) if path[-1] == "template" else [text]
                for name in names:
                    places.setdefault(name, f"{self.document.file}:{line}:{column}")
        for name in self.model.where:
            places.setdefault(name, self.document.place(("where", name), of_key=True))
        return places


_NAMING = ("customer_id", "attributes", "platforms", "duplicates")
"""The parts of the file whose texts may be columns' names."""

_BRACED = re.compile(r"\{([^{}]*)\}")
"""The columns in a template."""


def _value_at(root: Any, path: Path) -> Any:
    for part in path:
        root = root[part]
    return root
