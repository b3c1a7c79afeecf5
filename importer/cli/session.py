"""Takes a person through one sending: the target, the questions, the progress, the report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.cli import options
from importer.plurals import counted

if TYPE_CHECKING:
    from importer.config import RunConfig, Target
    from importer.job import Job
    from importer.observer import Observer
    from importer.stages.reporting import RunReport
    from importer.stopping import StopSignal

    Act = Callable[[Job, Target, RunConfig, Observer, StopSignal], RunReport]
    Question = Callable[[Job, Target, RunConfig], RunConfig]
    Remarks = Callable[[Job, Target, RunConfig], tuple[str, ...]]


@dataclass(frozen=True)
class Session:
    """How the person who called wants to be spoken to, and where rows are to go.

    questions: asked on a terminal before anything is sent; they may change the settings.
    remarks: gives sentences on unfinished runs beside this one.
    """

    use_sandbox: bool
    yes: bool
    as_json: bool
    quiet: bool
    questions: tuple[Question, ...] = ()
    remarks: Remarks | None = None

    @property
    def silent(self) -> bool:
        return self.quiet or self.as_json

    def send(self, config: RunConfig, open_job: Callable[[], Job], act: Act) -> int:
        """Open the job, have `act` send it, print its report, and give the exit code."""
        from importer.cli.environment import target_from_environment
        from importer.cli.interruption import stopping_on_signals
        from importer.cli.output import print_report
        from importer.cli.progress import Progress
        from importer.cli.sandbox_process import running_sandbox
        from importer.job import require_same_workspace

        options.ready()
        target = None if self.use_sandbox else target_from_environment()
        job = open_job()
        if target is not None:
            require_same_workspace(job.mapping, target)
            self._announce(job, target, config)
            # Before the signals are ours: Ctrl-C at a question is an answer.
            config = self._ask(job, target, config)
        with ExitStack() as stack:
            stop = stack.enter_context(stopping_on_signals())
            if target is None:
                sandbox = running_sandbox(config.state_dir, job.mapping.target_app_id)
                target = stack.enter_context(sandbox)
                self._announce(job, target, config)
                config = self._ask(job, target, config)
            with Progress(quiet=self.silent) as progress:
                report = act(job, target, config, progress, stop)
        code = print_report(report, as_json=self.as_json, quiet=self.quiet)
        if self.use_sandbox and not self.silent:
            _say_how_to_look(config)
        return code

    def _ask(self, job: Job, target: Target, config: RunConfig) -> RunConfig:
        if self.yes or sys.stdin is None or not sys.stdin.isatty():
            return config
        for question in () if self.silent else self.questions:
            config = question(job, target, config)
        if not target.is_local:
            _require_consent(job, target, config)
        return config

    def _announce(self, job: Job, target: Target, config: RunConfig) -> None:
        if self.silent:
            return
        for description in job.descriptions:
            print(f"Source:      {description}")
        print(
            f"Mapping:     {job.mapping.file} ({counted(len(job.mapping.attributes), 'attribute')})"
        )
        print(f"Target:      workspace {target.app_id} at {target.base_url}")
        print(f"Pace:        {config.sending.rate}, at most {config.sending.concurrency} in flight")
        print(f"State:       {config.state_dir}", flush=True)
        for remark in self.remarks(job, target, config) if self.remarks else ():
            print(f"Unfinished:  {remark}", flush=True)


def answer(question: str) -> str:
    """Ask on the terminal; an empty line is an empty answer."""
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower()


def _require_consent(job: Job, target: Target, config: RunConfig) -> None:
    from importer.errors import UsageError

    rows = job.source.count_rows(config.limit)
    found = answer(
        f"Send {counted(rows, 'user')} to workspace {target.app_id} ({target.host})? [y/N]"
    )
    if found not in ("y", "yes"):
        raise UsageError(
            "the question", "no `y`: nothing was sent", "y to send", "run again, or give --yes"
        )


def _say_how_to_look(config: RunConfig) -> None:
    from importer.stages.recording import SANDBOX_DATABASE

    print("\nThe sandbox keeps the profiles. To look at them:")
    database = shlex.quote(str(config.state_dir / SANDBOX_DATABASE))
    print(f"  moengage-import sandbox --port 8080 --db {database}")
    print("  curl 'http://127.0.0.1:8080/_sandbox/profiles?limit=3'")
