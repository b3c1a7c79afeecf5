"""Shows how a key of the mapping file is written, with the words of whoever wrote it otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from importer.mapping_file.yaml_marks import in_quotes
from importer.mapping_file.yaml_tree import Path

_A_GROUP = "a group {column: <column>, ...}"


@dataclass(frozen=True)
class Form:
    """What stands there, what stands there usually, and what to write; as Problem says it."""

    found: str
    expected: str
    remedy: str


def form_of(path: Path, found: Any, *, is_value: bool) -> Form | None:
    """Give the form of what `path` should hold in place of `found`; None where this knows none.

    is_value: the path is that of a value, which a column's name may stand for.
    """
    if is_value:
        return _value(path, found)
    shape = tuple("*" if isinstance(part, int) else part for part in path)
    decide = _FORMS.get(shape) or (_cells if path[:1] == ("where",) else None)
    return None if decide is None else decide(found)


def column_form(found: Any) -> Form | None:
    """Give the form of `column:` where columns are listed; None where none are."""
    names = _names(found)
    if not names:
        return None
    remedy = f"write `column: {names[0]}`"
    if len(names) > 1:
        listed = f"first_valid: [{', '.join(names)}]"
        remedy = f"{remedy}; or, for the first that is filled and fits, `{listed}`"
    return Form("`column:` holds a list", "the name of one column", remedy)


def written(text: str) -> str:
    """Write a text as it may stand in the file, in quotes where it has to."""
    return text if re.fullmatch(r"\w(?:[\w .-]*\w)?", text) else in_quotes(text)


def _value(path: Path, found: Any) -> Form | None:
    names = _names(found)
    if not names:
        return None
    key = written(str(path[-1]))
    one, several = f"`{key}: {names[0]}`", f"`{key}: {{first_valid: [{', '.join(names)}]}}`"
    if path[0] == "duplicates":
        remedy = f"write one column: {one}"
    elif len(names) == 1:
        several = several.replace("]", ", ...]")
        remedy = f"write {one}; or, for the first of several that is filled and fits, {several}"
    else:
        remedy = f"write one column: {one}; or, for the first that is filled and fits, {several}"
    return Form(f"`{key}:` holds a list", f"the name of one column, or {_A_GROUP}", remedy)


def _names(found: Any) -> list[str]:
    """Give the texts of a list as they may stand in the file; [] for anything else."""
    if not isinstance(found, list) or not all(isinstance(name, str) and name for name in found):
        return []
    return [written(name) for name in found]


def _attributes(found: Any) -> Form | None:
    expected = "a line `<attribute>: <column>` for each of them"
    if isinstance(found, str):
        remedy = f"if that is a column, write `attributes: {{<attribute>: {written(found)}}}`"
        return Form("`attributes:` holds a text", expected, remedy)
    first = found[0] if isinstance(found, list) and found else None
    if isinstance(first, dict) and first:
        name, column = next(iter(first.items()))
        line = f"{written(str(name))}: {written(column) if isinstance(column, str) else '...'}"
    elif isinstance(first, str):
        line = f"{written(first)}: <column>"
    else:
        return None
    remedy = f"write each without `-` and brackets, such as `{line}`"
    return Form("`attributes:` holds a list", expected, remedy)


def _unset(found: Any) -> Form | None:
    expected = "a list of attributes such as [{attr: old_plan}]"
    if isinstance(found, str):
        entry = _attr(found)
    elif isinstance(found, dict) and found:
        names = [str(name) for name in found]
        entry = ", ".join(_attr(name) for name in names)
        if "attr" in names:
            return Form("`unset:` holds a group", expected, "write [ ] around the group")
    else:
        return None
    return Form(f"`unset:` holds {_kind(found)}", expected, f"write `unset: [{entry}]`")


def _unset_entry(found: Any) -> Form | None:
    if not isinstance(found, str):
        return None
    entry = _attr(found)
    remedy = f"write {entry} in place of {found}"
    return Form(f"`unset:` holds the bare text {found}", "entries such as {attr: old_plan}", remedy)


def _attr(name: str) -> str:
    return f"{{attr: {written(name)}}}"


def _platforms(found: Any) -> Form | None:
    expected = "a list such as [{platform: ANDROID, active: <column>}]"
    if isinstance(found, str):
        entry = _platform(found)
    elif isinstance(found, dict) and "platform" in found:
        return Form("`platforms:` holds a group", expected, "write [ ] around the group")
    elif isinstance(found, dict) and found:
        entry = ", ".join(_platform(str(name), active) for name, active in found.items())
    else:
        return None
    return Form(f"`platforms:` holds {_kind(found)}", expected, f"write `platforms: [{entry}]`")


def _platform_entry(found: Any) -> Form | None:
    if not isinstance(found, str):
        return None
    remedy = (
        f"write {_platform(found)} in place of {found}, with the column that says whether the user "
        "is active there; or `active: {constant: true}` for all users"
    )
    expected = "entries such as {platform: ANDROID, active: <column>}"
    return Form(f"`platforms:` holds the bare text {found}", expected, remedy)


def _platform(name: str, active: Any = None) -> str:
    column = written(active) if isinstance(active, str) else "<column>"
    return f"{{platform: {written(name)}, active: {column}}}"


_COMPARED = re.compile(r"\s*([^<>=!]+?)\s*(==?|<=?|>=?|!=|<>)\s*([^<>=!]+?)\s*")
_EXPECTED_CELLS = "columns with the cells that rows may have there, as in {Status: [active, trial]}"


def _where(found: Any) -> Form | None:
    if isinstance(found, str):
        if compared := _COMPARED.fullmatch(found):
            return _comparison(found, *compared.groups())
        column = re.split(r"[\s:]+", found)[0] or found
    elif names := _names(found):
        column = names[0]
    else:
        return None
    remedy = f"list the cells: `where: {{{column}: [..., ...]}}`"
    return Form(f"`where:` holds {_kind(found)}", _EXPECTED_CELLS, remedy)


def _comparison(found: str, column: str, sign: str, cell: str) -> Form:
    said = f"`where:` holds the text {found}"
    column = written(column)
    if sign in ("=", "=="):
        remedy = f"write `where: {{{column}: [{written(cell.strip(chr(34) + chr(39)))}]}}`"
        return Form(said, _EXPECTED_CELLS, remedy)
    remedy = f"list the cells, as in `where: {{{column}: [..., ...]}}`; `where:` knows no `{sign}`"
    return Form(said, _EXPECTED_CELLS, remedy)


def _cells(found: Any) -> Form | None:
    if not isinstance(found, dict):
        return None
    return Form(
        "a group of keys under `where:`",
        "the cells that rows may have in this column, as in [active, trial]",
        "list the cells; `where:` compares texts and knows no operators",
    )


def _target(found: Any) -> Form | None:
    if not isinstance(found, str):
        return None
    remedy = f"write `target: {{app_id: {written(found)}}}`"
    return Form("`target:` holds a text", "a group such as {app_id: ABC123}", remedy)


def _kind(found: Any) -> str:
    if isinstance(found, str):
        return "a text"
    return "a list" if isinstance(found, list) else "a group"


_FORMS: dict[Path, Callable[[Any], Form | None]] = {
    ("attributes",): _attributes,
    ("unset",): _unset,
    ("unset", "*"): _unset_entry,
    ("platforms",): _platforms,
    ("platforms", "*"): _platform_entry,
    ("where",): _where,
    ("target",): _target,
}
