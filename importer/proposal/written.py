"""Writes a draft as a mapping file that a person can read aloud, with the evidence as comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from importer.plurals import counted
from importer.proposal.draft import Draft, Line
from importer.proposal.yaml_text import comment, text, value
from importer.records import SourceOptions

SCHEMA = "mapping.schema.json"
_EDITORS = (
    f"Editors complete this file once `moengage-import mapping schema --out {SCHEMA}` has written "
    "the grammar beside it."
)
_HEAD = (
    "Proposed by `moengage-import init`. Left stands what MoEngage will know, right where it "
    "comes from. Read it through: what stands here is what the table shows, and only you know "
    "whether it is what you mean.",
    "Lines that begin with `#` and a name are not sent; take the `#` away to send them.",
)
_OPEN = (
    "Where it says `decide`, the table does not tell: put one of the choices in its place. Until "
    "then nothing is checked or sent."
)


def written(draft: Draft, options: SourceOptions, name: str, *, outcome: str = "") -> str:
    """Give the mapping's text.

    options: what a person said of how the source is written; it is kept.
    outcome: what became of the sample's rows.
    """
    lines = [f"# yaml-language-server: $schema={SCHEMA}", *comment(_EDITORS), "#"]
    for said in _HEAD:
        lines += comment(said)
    if draft.is_open:
        lines += comment(_OPEN)
    lines.append("#")
    lines += _about_source(draft, outcome)
    lines += ["mapping: 1", f"name: {text(name)}", ""]
    lines += _source(draft, options)
    lines += _identity(draft)
    lines += _attributes(draft)
    lines += _platforms([line for line in draft.lines if line.is_platform and not line.left_out])
    return "\n".join(lines) + "\n"


def _about_source(draft: Draft, outcome: str) -> Iterator[str]:
    sample = draft.context.sample
    for file in sample.files:
        yield from comment(file.describe())
    count = sample.rows + sample.unreadable
    looked = counted(count, "row")
    whole = "all of them" if sample.is_whole else "from the beginning; there are more"
    yield from comment(f"Looked at: {looked}, {whole}.{f' {outcome}' if outcome else ''}")
    if sample.unreadable:
        yield from comment(f"{sample.unreadable:,} of them cannot be read; `check` tells why.")


_OPTIONS = (
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "comment",
    "line_end",
    "skip_lines",
    "header",
)
_WORDS = {"\t": "tab", "\n": "lf", "\r\n": "crlf", "\r": "cr", "": "none"}


def _source(draft: Draft, options: SourceOptions) -> Iterator[str]:
    """Write what was said of the source, and the texts that mean an empty cell."""
    pairs: list[tuple[str, object]] = []
    for option in _OPTIONS:
        said = getattr(options, option)
        if said is not None:
            shown = "none" if (option, said) == ("header", 0) else str(said)
            shown = _WORDS.get(shown, shown.replace("\r", "\\r").replace("\n", "\\n"))
            pairs.append((option, shown))
    for option in ("rename_columns", "trailing_delimiter"):
        said = getattr(options, option)
        if said is not None:
            pairs.append((option, said))
    nulls = draft.context.nulls.everywhere
    if nulls:
        yield from comment(f"These mean an empty cell: {' '.join(nulls.values())}")
        pairs.append(("nulls", ["", *nulls]))
    if pairs:
        yield f"source: {value(dict(pairs))}"
        yield ""


def _identity(draft: Draft) -> Iterator[str]:
    identity = draft.identity
    for said in identity.evidence:
        yield from comment(said)
    given = identity.value
    if isinstance(given, dict) and set(given) == {"column"}:
        given = given["column"]
    yield f"customer_id: {value(given)}"
    yield ""


def _attributes(draft: Draft) -> Iterator[str]:
    lines = [line for line in draft.lines if not line.is_platform or line.left_out]
    standard = [line for line in lines if line.is_standard and not line.left_out]
    own = [line for line in lines if not line.is_standard and not line.left_out]
    left = [line for line in lines if line.left_out]
    if not standard and not own:
        yield "attributes: {}"
    else:
        yield "attributes:"
    yield from _group("MoEngage's own attributes, which bring their types along.", standard)
    yield from _group("Attributes of your own.", own)
    if left:
        yield ""
        yield from comment("Not sent:", 2)
        for line in left:
            yield from _left_out(line)


def _group(title: str, lines: Sequence[Line]) -> Iterator[str]:
    if lines:
        yield from comment(title, 2)
    for line in lines:
        yield from comment(_said(line.evidence, line.personal), 2)
        yield f"  {text(line.target)}: {value(line.value)}"


def _said(sentences: Sequence[str], personal: str = "") -> str:
    about = (f"People's data: {personal}.",) if personal else ()
    return " ".join(one[:1].upper() + one[1:] for one in (*sentences, *about))


def _left_out(line: Line) -> Iterator[str]:
    yield from comment(_said((line.left_out,), line.personal), 2)
    yield f"  # {text(line.target)}: {value(line.value)}"


def _platforms(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield "platforms:"
    for line in lines:
        yield from comment(_said(line.evidence), 2)
        yield f"  - {{platform: {line.target}, active: {value(line.value)}}}"
