"""Plays imports against a server of a few dictionaries, and knows what the memory may believe of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from zlib import crc32

import pyarrow as pa

from importer import RunConfig, RunReport, Secret, Target, run_import
from importer.errors import UsageError
from importer.keys import user_keys
from importer.mapping_file import Mapping as MappingFile
from importer.mapping_file import parse_mapping
from importer.memory.value_hashes import body_hashes, payload_hashes, slots_of
from importer.plan.plan import Plan, plan_import
from importer.records import SourceOptions
from importer.resume import find_unfinished, open_unfinished, resume_run
from importer.retry import retry_rows
from importer.runs.checkpoints import Checkpoints
from importer.runs.feed import PreparedBlocks
from importer.stages.recording import Ledger, find_scope, look_up, open_for_reading
from importer.stages.sending import NoAnswer, Reply
from tests.journeys import FAST, write_csv

HEADER = ("id", "name", "n", "opted")
PROTECTED = "opted"
SLOW = replace(FAST, concurrency=1, retries=0)
TARGET = Target("WORKSPACE", Secret("k" * 16), "http://127.0.0.1:9")
UNSET = object()
"""What an attribute is that was removed."""

SOURCE = SourceOptions(encoding="utf-8", delimiter=",", quote='"', header=1, skip_lines=0)
Row = tuple[str, str, str, str]
ANSWERS = ("ok", "lost", "garbled", "dropped", "failed", "rejected", "killed", "killed after")
_APPLIED = ("ok", "lost", "garbled", "killed after")


class Killed(Exception):
    """The process is gone: nothing that it began goes on."""


@lru_cache
def mapping_of(duplicates: str, blank: str, send: str, *, protect: bool) -> MappingFile:
    """Give a mapping of three attributes, one of them protected or not."""
    text = (
        f"mapping: 1\nname: m\ncustomer_id: id\nduplicates: {duplicates}\nsend: {send}\n"
        f"attributes:\n  name: {{column: name, blank: {blank}}}\n"
        f"  n: {{column: n, type: number, blank: {blank}}}\n"
        f"  opted: {{column: opted, type: boolean, protect: {str(protect).lower()}}}\n"
    )
    return parse_mapping(text, "m.yaml")


UNSETTING = mapping_of("each", "unset", "full", protect=True)


@dataclass
class Fortune:
    """What comes to pass in one run.

    answers: for its requests, one after another, then "ok".  commits: after which of them the run
    writes down how far it is.
    kill: before or after which of the ledger's commits the process dies; None for never.
    ahead: whether a block is looked at before the one before it is sent.
    in_place: whether all of it happens in one thread, step by step; otherwise the answers, of which
    there must be some, go by what is asked, whatever comes first.
    """

    answers: Sequence[str] = ()
    commits: frozenset[int] = frozenset()
    kill: tuple[int, str] | None = None
    ahead: bool = False
    in_place: bool = True


@dataclass
class World:
    """A server, a state folder and a source file.

    said: what the importer's last body that was applied said of a user's attribute.
    profiles: what he has; a user may change himself.
    decided: who changed himself since the importer last wrote over it.
    payloads: what the hashes of whole payloads stand for.
    sizes: of the bodies that the last run sent.
    """

    folder: Path
    said: dict[str, dict[str, object]] = field(default_factory=dict)
    profiles: dict[str, dict[str, object]] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    fortune: Fortune = field(default_factory=Fortune)
    payloads: dict[int, dict[str, object]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    requests: int = 0
    commits: int = 0
    is_dead: bool = False
    checkpoints: Checkpoints | None = None

    def __post_init__(self) -> None:
        self.state.mkdir()
        (self.state / "ledger.key").write_bytes(b"s" * 32)
        self.secret = b"s" * 32

    @property
    def state(self) -> Path:
        return self.folder / "state"

    # --- the server --------------------------------------------------------------------------

    async def post(self, body: bytes) -> Reply:
        """Answer as it is planned, after the run has written itself down if that is planned."""
        self.require_alive()
        content, number = json.loads(body), self.requests
        if number - 1 in self.fortune.commits and self.checkpoints is not None:
            await self.checkpoints.commit()
        self.requests += 1
        self.sizes.append(len(body))
        answer = self._answer(body, number)
        if answer in _APPLIED:
            self._apply(content)
        if answer.startswith("killed"):
            self.is_dead = True
        self.require_alive()
        return _reply(answer)

    def _answer(self, body: bytes, number: int) -> str:
        answers = self.fortune.answers
        if not self.fortune.in_place:
            return answers[crc32(body) % len(answers)]
        return answers[number] if number < len(answers) else "ok"

    def _apply(self, body: Mapping[str, Any]) -> None:
        user = body["customer_id"]
        if body.get("update_existing_only") and user not in self.profiles:
            return
        values = {
            **{item["attr"]: UNSET for item in body.get("unset_attributes", ())},
            **body["attributes"],
        }
        self.said.setdefault(user, {}).update(values)
        self.profiles.setdefault(user, {}).update(values)
        if PROTECTED in values:
            self.decided.discard(user)

    def decide(self, user: str, opted: bool) -> None:
        """Have a user change the protected attribute himself."""
        if user in self.profiles:
            self.profiles[user][PROTECTED] = opted
            self.decided.add(user)

    def written(self, ledger: Ledger, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do one transaction of the ledger, unless the process dies before or after it."""
        self.require_alive()
        self.commits += 1
        when = (
            self.fortune.kill[1]
            if self.fortune.kill and self.fortune.kill[0] == self.commits
            else ""
        )

        def doomed(connection: sqlite3.Connection) -> Any:
            result = work(connection)
            self.is_dead = when == "before"
            self.require_alive()
            return result

        result = ledger._do(doomed)
        self.is_dead = when == "after"
        self.require_alive()
        return result

    def require_alive(self) -> None:
        """Raise Killed if the process is gone."""
        if self.is_dead:
            raise Killed

    # --- the importer ------------------------------------------------------------------------

    def run(
        self, rows: Sequence[Row], mapping: MappingFile, fortune: Fortune, **settings: Any
    ) -> RunReport | None:
        """Import a table; None if the process was killed."""
        source = write_csv(self.folder / "users.csv", HEADER, rows)
        config = self._config(**settings)
        return self._lived(fortune, lambda: run_import(source, mapping, TARGET, config))

    def plan(self, rows: Sequence[Row], mapping: MappingFile, **settings: Any) -> Plan:
        """Say what an import of the table would do."""
        source = write_csv(self.folder / "users.csv", HEADER, rows)
        return plan_import(source, mapping, TARGET.app_id, self._config(**settings))

    def resume(self, fortune: Fortune) -> RunReport | None:
        """Go on with the latest unfinished run; None if there is none, or it was killed."""

        def again() -> RunReport:
            run = find_unfinished(self.state)
            return resume_run(run, TARGET, job=open_unfinished(run))

        return self._lived(fortune, again)

    def retry(self, fortune: Fortune) -> RunReport | None:
        """Send the last run's dead letter again; None if there is none, or it was killed."""
        return self._lived(fortune, lambda: retry_rows("last", TARGET, state_dir=self.state))

    def _config(self, **settings: Any) -> RunConfig:
        settings = {"sending": SLOW, "workers": 0, "source": SOURCE, **settings}
        return RunConfig(state_dir=self.state, **settings)

    def _lived(self, fortune: Fortune, work: Callable[[], RunReport]) -> RunReport | None:
        self.fortune, self.requests, self.commits, self.is_dead = fortune, 0, 0, False
        self.sizes = []
        with patched(self):
            try:
                return work()
            except Killed:
                return None
            except UsageError:
                return None

    # --- what the memory may believe ---------------------------------------------------------

    def learn(self, rows: Sequence[Row], mapping: MappingFile) -> None:
        """Note what each payload's hash stands for, of each row and of all merges of them."""
        for user in {row[0] for row in rows}:
            own = [row for row in rows if row[0] == user]
            for end in range(1, len(own) + 1):
                self._learn(saying(own[end - 1 : end], mapping))
                self._learn(saying(own[:end], mapping))

    def _learn(self, says: Mapping[str, object]) -> None:
        hashes = self._hashes(says)
        self.payloads[int(payload_hashes(hashes[None, :])[0])] = dict(says)

    def _hashes(self, says: Mapping[str, object]) -> Any:
        values = {name: value for name, value in says.items() if value is not UNSET}
        unset = [
            {"type": "equals", "attr": name, "case_sensitive": True}
            for name, value in says.items()
            if value is UNSET
        ]
        body = {"customer_id": "", "attributes": values, "unset_attributes": unset}
        return body_hashes(json.dumps(body).encode(), UNSETTING, self.secret)

    def remembered(self) -> list[tuple[object, ...]]:
        """Give what is remembered, as it stands there, but for the time."""
        connection = open_for_reading(self.state)
        if connection is None:
            return []
        with closing(connection):
            return connection.execute(
                "SELECT user, payload, sent, slots FROM memory ORDER BY user"
            ).fetchall()

    def require_true_memory(self, users: Sequence[str]) -> None:
        """Hold all that is remembered against what the server has."""
        connection = open_for_reading(self.state)
        if connection is None:
            return
        with closing(connection):
            scope = find_scope(connection, TARGET.app_id, "m")
            if scope is None:
                return
            keys = user_keys(pa.array(users), self.secret)
            found = look_up(connection, scope, keys)
            known = dict(
                connection.execute("SELECT user, payload FROM memory WHERE payload NOT NULL")
            )
        for at, user in enumerate(users):
            said = self.said.get(user, {})
            for slot, hashed in zip(slots_of(UNSETTING), self._hashes(said), strict=True):
                remembered = found.slots[at, scope.slots.index(slot)]
                assert remembered in (0, hashed), f"{slot} of {user}, who has {said}"
            payload = known.get(keys[at].tobytes())
            if payload is not None:
                says = self.payloads[int.from_bytes(payload, "little")]
                assert says.items() <= said.items(), f"{user} has {said}, and not {says}"


def saying(rows: Sequence[Row], mapping: MappingFile) -> dict[str, object]:
    """Give what rows of one user say, the later over the earlier; invalid ones say nothing."""
    unsets = {entry.name for entry in mapping.attributes if entry.blank == "unset"}
    says: dict[str, object] = {}
    valid = list(filter(is_valid, rows))
    for row in valid[-1:] if mapping.duplicates.keep == "last" else valid:
        cells = dict(zip(HEADER[1:], row[1:], strict=True))
        says.update({name: UNSET for name, cell in cells.items() if not cell and name in unsets})
        says.update({name: _value(name, cell) for name, cell in cells.items() if cell})
    return says


def is_valid(row: Row) -> bool:
    """Tell whether a row of a test's own table can be sent."""
    return row[2] != "bad"


def _value(name: str, cell: str) -> object:
    if name == "n":
        return float(cell)
    return cell == "true" if name == PROTECTED else cell


def _reply(answer: str) -> Reply:
    if answer in ("lost", "dropped"):
        raise NoAnswer("timeout", "no answer")
    status = {"failed": 503, "rejected": 400}.get(answer, 200)
    return Reply(status, "<html>" if answer == "garbled" else '{"status": "success"}')


# --- the importer in this thread, step by step ---------------------------------------------------


@contextmanager
def patched(world: World) -> Iterator[None]:
    """Have imports send to this world, and die in it; everything they do is done at once."""

    class InPlace:
        """Fetches blocks when they are asked for, or one ahead."""

        def __init__(self, blocks: PreparedBlocks) -> None:
            self._blocks = blocks
            self._waiting = [next(blocks, None)] if world.fortune.ahead else []

        async def next(self) -> object:
            self._waiting.append(next(self._blocks, None))
            return self._waiting.pop(0)

        async def close(self) -> None:
            self._blocks.close()

    class Seen(Checkpoints):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            world.checkpoints = self

    class Door:
        def __init__(self, *_: Any) -> None:
            self.post = world.post

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None:
            return

    def submit(ledger: Ledger, work: Callable[[sqlite3.Connection], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(world.written(ledger, work))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            done.set_exception(error)
        return done

    everywhere: dict[str, object] = {
        "importer.runs.import_run.Client": Door,
        "importer.stages.sending.courier.backoff_seconds": lambda *_: 0.0,
        "os.fsync": lambda _: None,
    }
    in_place: dict[str, object] = {
        "importer.runs.import_run.BlockFeed": InPlace,
        "importer.runs.import_run.Checkpoints": Seen,
        "importer.runs.checkpoints.COMMIT_SECONDS": 1e6,
        "importer.stages.recording.Ledger.submit": submit,
    }
    with ExitStack() as stack:
        for name, new in {**everywhere, **(in_place if world.fortune.in_place else {})}.items():
            stack.enter_context(patch(name, new))
        yield
