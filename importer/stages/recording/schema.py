"""Holds the ledger's tables, as the steps that lead from one version to the next."""

from __future__ import annotations

_RUNS = """
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    mapping_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    state TEXT NOT NULL,
    begun REAL NOT NULL,
    ended REAL,
    options TEXT NOT NULL,
    locations TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    mapping_hash TEXT NOT NULL,
    rows INTEGER,
    report TEXT
) STRICT;
CREATE TABLE progress (
    run TEXT PRIMARY KEY REFERENCES runs (run) ON DELETE CASCADE,
    watermark INTEGER NOT NULL,
    above BLOB NOT NULL,
    facts TEXT NOT NULL,
    checksum BLOB NOT NULL
) STRICT
"""

_SEALS = """
ALTER TABLE runs ADD COLUMN seal BLOB;
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT
"""

# Rows are keyed by what is looked up, in key order: a lookup is one walk down, a block of sorted
# keys reads and writes neighbouring pages.
_MEMORY = """
CREATE TABLE scopes (
    scope INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    mapping_name TEXT NOT NULL,
    slots TEXT NOT NULL,
    last_run TEXT NOT NULL,
    UNIQUE (workspace, mapping_name)
) STRICT;
CREATE TABLE run_numbers (
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE memory (
    scope INTEGER NOT NULL REFERENCES scopes (scope) ON DELETE CASCADE,
    user BLOB NOT NULL,
    payload BLOB,
    sent BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    slots BLOB NOT NULL,
    PRIMARY KEY (scope, user)
) STRICT, WITHOUT ROWID
"""

_NAMES = "ALTER TABLE memory ADD COLUMN name BLOB"
"""Ids under the ledger's secret, for the question who is gone."""

_ACCEPTED = """
CREATE TABLE accepted (
    number INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL REFERENCES scopes (scope) ON DELETE CASCADE,
    content BLOB NOT NULL,
    names BLOB NOT NULL
) STRICT
"""

MIGRATIONS: tuple[str, ...] = (_RUNS, _SEALS, _MEMORY, _NAMES, _ACCEPTED)
"""Step n leads from version n to n + 1 (PRAGMA user_version)."""
