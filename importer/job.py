"""Opens everything a run, a check or a preview needs, and refuses what cannot work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer.config import RunConfig, Target
from importer.errors import MappingError, TargetError
from importer.mapping_file import Mapping, bind, load_mapping
from importer.mended.fixes import Fixes
from importer.pipeline import Preparer
from importer.plurals import counted
from importer.records import Int64s
from importer.sieves import Sieve
from importer.stages.coercing import fixed_value_problems
from importer.stages.reading import Source, lasting_path, open_source, shown_url

MappingLike = Mapping | str | Path
SourcesLike = str | Path | Sequence[str | Path]


@dataclass(frozen=True)
class Job:
    """A source, the mapping bound to its columns, and the stages made of them.

    paths: what was asked for, without what may be secret in a URL.
    more_notes: sentences that a person should read besides those on source and mapping.
    places: where each row stands in another run, whose rows are sent again; None for a source's own.
    sieves: take rows out that need no sending, before those that every run has.
    """

    paths: tuple[str, ...]
    source: Source
    mapping: Mapping
    preparer: Preparer
    more_notes: tuple[str, ...] = ()
    sieves: tuple[Sieve, ...] = ()
    places: Int64s | None = None

    @property
    def locations(self) -> tuple[str, ...]:
        """Where the source lies, for whoever stands in another folder."""
        return tuple(map(lasting_path, self.paths))

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.source.files)

    @property
    def descriptions(self) -> tuple[str, ...]:
        return tuple(file.describe() for file in self.source.files)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should look at in the source and in the mapping, whole sentences."""
        found = filter(None, (file.warning for file in self.source.files))
        return (*found, *self.mapping.warnings, *self.more_notes)


def open_job(sources: SourcesLike, mapping: MappingLike, config: RunConfig) -> Job:
    """Read the mapping, open the source, and bind one to the other.

    Raises MappingError or SourceError; nothing has been sent or written then.
    """
    loaded = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    paths = [sources] if isinstance(sources, str | Path) else list(sources)
    source = open_source(paths, config.source.over(loaded.source), block_bytes=config.block_bytes)
    shown = tuple(shown_url(str(path)) for path in paths)
    job = job_of(source, loaded, config, shown)
    return _fixed(job, config) if config.fixes else job


def _fixed(job: Job, config: RunConfig) -> Job:
    """Have the source's rows read as they were mended."""
    fixes = Fixes(config.fixes, job.source, config.state_dir, accept_cells=config.accept_cells)
    job.source.mended_by(fixes.mend)
    names = ", ".join(map(str, config.fixes))
    rows = counted(fixes.count, "row")
    note = f"read as mended in {names}, instead of as the source has it: {rows}"
    return replace(job, more_notes=(*job.more_notes, note))


def job_of(source: Source, mapping: Mapping, config: RunConfig, paths: tuple[str, ...]) -> Job:
    """Bind the mapping to an open source; MappingError or SourceError where that cannot be.

    paths: how messages and commands name the source.
    """
    bound = bind(mapping, source.columns, ", ".join(Path(path).name for path in paths))
    source.require(bound.columns)
    if config.update_existing_only is not None:
        bound = replace(bound, update_existing_only=config.update_existing_only)
    if problems := fixed_value_problems(bound):
        raise MappingError.of(problems)
    return Job(paths, source, bound, Preparer(bound, config.only))


def require_same_workspace(mapping: Mapping, target: Target) -> None:
    """Refuse a workspace other than the one that the mapping is meant for."""
    if mapping.target_app_id is None or mapping.target_app_id == target.app_id:
        return
    raise TargetError(
        mapping.file,
        f"a mapping for the workspace {mapping.target_app_id}, but MOENGAGE_APP_ID is "
        f"{target.app_id}",
        "the workspace that the mapping names under `target:`",
        "set MOENGAGE_APP_ID to that workspace, or correct `target:`",
    )
