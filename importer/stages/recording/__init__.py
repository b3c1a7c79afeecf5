"""Holds what a run leaves on disk: its folder, its journal, its dead letter, its tally, the ledger."""

from importer.stages.recording.accepting import Accepted, merge_accepted, note_accepted
from importer.stages.recording.appended_file import AppendedFile, cut_back, require_length
from importer.stages.recording.database import (
    consulted,
    database_path,
    known_secret,
    open_for_reading,
    open_to_look,
)
from importer.stages.recording.dead_letter import (
    free_path,
    remember_dead_letter,
    write_dead_letter,
)
from importer.stages.recording.dead_rows import DeadRows
from importer.stages.recording.forgetting import Overwritten, forget, in_parts, put_back
from importer.stages.recording.journal import (
    DeadRow,
    Journal,
    find_dead_row,
    journal_rows,
    read_journal,
)
from importer.stages.recording.ledger import Ledger, Reader
from importer.stages.recording.memory import (
    PLACE_BITS,
    Found,
    key_order,
    known_payloads,
    look_up,
    remembered_users,
    unchanged_among,
)
from importer.stages.recording.memory_scopes import (
    Remembered,
    Scope,
    find_scope,
    forget_all,
    open_scope,
    remembered,
    run_number,
)
from importer.stages.recording.own_files import SANDBOX_DATABASE, is_own
from importer.stages.recording.private_files import (
    private_bytes,
    private_folder,
    replacing,
    write_json,
)
from importer.stages.recording.private_files import refused as disk_refused
from importer.stages.recording.progress import Progress, Settled, load_progress, save_progress
from importer.stages.recording.receipt import Receipt, copy_receipt
from importer.stages.recording.row_log import FATES, RowLog, read_row_log
from importer.stages.recording.run_folder import RunFolder
from importer.stages.recording.run_register import (
    ORDER_OF,
    UNFINISHED,
    RunRecord,
    RunState,
    add_run,
    end_run,
    find_run,
    latest_begin,
    retries_of,
    runs,
    set_rows,
    set_state,
    unfinished_like,
    unfinished_retry,
)
from importer.stages.recording.spill import Part, Spill
from importer.stages.recording.state_lock import (
    Holder,
    lock_holder,
    network_file_system,
    state_lock,
)
from importer.stages.recording.tally import Tally, require_partition
from importer.stages.recording.warnings_file import WarningsFile

__all__ = [
    "FATES",
    "ORDER_OF",
    "PLACE_BITS",
    "SANDBOX_DATABASE",
    "UNFINISHED",
    "Accepted",
    "AppendedFile",
    "DeadRow",
    "DeadRows",
    "Found",
    "Holder",
    "Journal",
    "Ledger",
    "Overwritten",
    "Part",
    "Progress",
    "Reader",
    "Receipt",
    "Remembered",
    "RowLog",
    "RunFolder",
    "RunRecord",
    "RunState",
    "Scope",
    "Settled",
    "Spill",
    "Tally",
    "WarningsFile",
    "add_run",
    "consulted",
    "copy_receipt",
    "cut_back",
    "database_path",
    "disk_refused",
    "end_run",
    "find_dead_row",
    "find_run",
    "find_scope",
    "forget",
    "forget_all",
    "free_path",
    "in_parts",
    "is_own",
    "journal_rows",
    "key_order",
    "known_payloads",
    "known_secret",
    "latest_begin",
    "load_progress",
    "lock_holder",
    "look_up",
    "merge_accepted",
    "network_file_system",
    "note_accepted",
    "open_for_reading",
    "open_scope",
    "open_to_look",
    "private_bytes",
    "private_folder",
    "put_back",
    "read_journal",
    "read_row_log",
    "remember_dead_letter",
    "remembered",
    "remembered_users",
    "replacing",
    "require_length",
    "require_partition",
    "retries_of",
    "run_number",
    "runs",
    "save_progress",
    "set_rows",
    "set_state",
    "state_lock",
    "unchanged_among",
    "unfinished_like",
    "unfinished_retry",
    "write_dead_letter",
    "write_json",
]
