"""Reads users of a run back and compares them with what the run sent of them."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from importer.config import SendingConfig, Target
from importer.errors import TargetError, UsageError
from importer.hints import about_runs
from importer.history.comparing import Compared, Verdict, compare, of_all, wanted_of
from importer.history.past_runs import PastRun, find_past_run, list_runs
from importer.history.past_source import chosen_rows, file_and_row, reopened
from importer.history.sampling import Sample, sample_users
from importer.job import Job
from importer.moengage import limits
from importer.stages.sending import Profile, read_back, run_in_loop

SAMPLE_USERS = 200


@dataclass(frozen=True)
class VerifiedUser:
    """One user who was read back.

    file, row: the last of his rows in the run.
    verdict: equal, different, missing (there is no such user), or not comparable.
    attributes: each one that was sent, compared; () where there is no such user.
    """

    customer_id: str
    file: str
    row: int
    verdict: Verdict
    attributes: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What reading back came to.

    delivered: users whom the run delivered.  passed_over: how many of them could not be drawn,
        because a later run sent them too or a request of theirs had no answer; and drawn ones
        whose rows are prepared otherwise now.
    seed: draws the same users again.
    """

    run: str
    workspace: str
    seed: int
    delivered: int
    passed_over: int
    users: tuple[VerifiedUser, ...]

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """Count the users by verdict."""
        counts = Counter(user.verdict for user in self.users)
        return {verdict: counts[verdict] for verdict in Verdict}

    @property
    def attributes(self) -> dict[str, dict[Verdict, int]]:
        """Count the verdicts on each attribute, in the order in which they were met."""
        counts: dict[str, Counter[Verdict]] = {}
        for user in self.users:
            for one in user.attributes:
                counts.setdefault(one.attribute, Counter())[one.verdict] += 1
        return {
            name: {verdict: count[verdict] for verdict in Verdict} for name, count in counts.items()
        }

    @property
    def exit(self) -> int:
        """Give 1 if a user or an attribute is different or missing, else 0."""
        bad = self.verdicts[Verdict.DIFFERENT] + self.verdicts[Verdict.MISSING]
        return 1 if bad else 0


def verify_run(
    state_dir: str | Path,
    run: str,
    target: Target,
    *,
    sample: int = SAMPLE_USERS,
    seed: int | None = None,
    sending: SendingConfig | None = None,
    users_per_minute: float = limits.EXPORT_USERS_PER_MINUTE,
) -> Verification:
    """Read users of a run back (Data API docs, "Get User") and compare attribute by attribute.

    Only users whose last word this run had; their payloads are prepared again from its source,
    which must be the same, with its own copy of the mapping.  Nothing is changed.
    run: an id, the beginning of one, or `last`.  seed: None draws anew.
    Raises UsageError, SourceError or SourceChanged where there is nothing to compare with,
    TargetError for another workspace, TargetRefused where reading back is not allowed, StateError
    for a run, or a later one, whose files are damaged.
    """
    past = find_past_run(state_dir, run)
    _require_comparable(past, target, sample)
    job = reopened(past)
    drawn = secrets.randbits(32) if seed is None else seed
    merged = job.mapping.duplicates.keep == "merge"
    chosen = sample_users(past, _later(past), sample, drawn, merged=merged)
    sent = _sent(job, past, chosen)
    profiles = run_in_loop(
        read_back(target, list(sent), sending or SendingConfig(), users_per_minute)
    )
    return Verification(
        run=past.run,
        workspace=past.record.workspace,
        seed=drawn,
        delivered=chosen.delivered,
        passed_over=chosen.passed_over + max(chosen.users - len(sent), 0),
        users=tuple(
            _verified(job, past, user, payloads, profiles.get(user.customer_id))
            for user, payloads in _by_user(sent, past)
        ),
    )


def _require_comparable(past: PastRun, target: Target, sample: int) -> None:
    if sample < 1:
        raise UsageError("--sample", str(sample), "1 user or more", "correct it")
    if target.app_id != past.record.workspace:
        raise TargetError(
            f"run {past.run}",
            f"a run into the workspace {past.record.workspace}, and MOENGAGE_APP_ID is "
            f"{target.app_id}",
            "the workspace that it wrote to",
            "set MOENGAGE_APP_ID to that workspace",
        )
    if past.pruned or not past.whole_length_of(past.folder.row_log):
        raise UsageError(
            f"run {past.run}",
            "no record of its rows" + (": it was pruned" if past.pruned else ""),
            "a run that sent something, with its row detail",
            f"`{about_runs('runs', past.state_dir)}` lists them",
        )


def _later(past: PastRun) -> list[PastRun]:
    """Give the runs into the same workspace that were registered after this one."""
    known = list_runs(past.state_dir)
    place = [other.run for other in known].index(past.run)
    return [other for other in known[:place] if other.record.workspace == past.record.workspace]


@dataclass(frozen=True)
class _Payload:
    ordinal: int
    content: Mapping[str, Any]


def _sent(job: Job, past: PastRun, sample: Sample) -> dict[str, list[_Payload]]:
    """Prepare the sampled rows again: customer id -> payloads in the order of the rows."""
    sent: dict[str, list[_Payload]] = {}
    for ordinals, block in chosen_rows(job, past, sample.ordinals):
        prepared = job.preparer.prepare(block)
        rows = zip(
            prepared.index.tolist(),
            prepared.customer_ids.to_pylist(),
            prepared.bodies.to_pylist(),
            strict=True,
        )
        for index, customer_id, body in rows:
            payload = json.loads(body, parse_float=Decimal)
            sent.setdefault(customer_id, []).append(_Payload(int(ordinals[index]), payload))
    return sent


@dataclass(frozen=True)
class _User:
    customer_id: str
    file: str
    row: int


def _by_user(
    sent: Mapping[str, list[_Payload]], past: PastRun
) -> list[tuple[_User, list[Mapping[str, Any]]]]:
    found = []
    for customer_id, payloads in sent.items():
        file, row = file_and_row(past, payloads[-1].ordinal)
        contents = [payload.content for payload in payloads]
        found.append((_User(customer_id, file, row), contents))
    return found


def _verified(
    job: Job,
    past: PastRun,
    user: _User,
    payloads: list[Mapping[str, Any]],
    profile: Profile | None,
) -> VerifiedUser:
    if profile is None:
        # An update of existing users only is accepted, and makes no new one.
        made = not job.mapping.update_existing_only
        verdict = Verdict.MISSING if made else Verdict.NOT_COMPARABLE
        return VerifiedUser(user.customer_id, user.file, user.row, verdict)
    compared = compare(wanted_of(payloads), profile, _uncertain(job, past))
    return VerifiedUser(user.customer_id, user.file, user.row, of_all(compared), compared)


def _uncertain(job: Job, past: PastRun) -> dict[str, str]:
    """Name the attributes that the run may not have sent, though the row has them."""
    if not past.record.options.get("only_changed"):
        return {}
    why = "protected: with --only-changed it is sent only when the source's value changed"
    return {entry.name: why for entry in job.mapping.attributes if entry.protect}
