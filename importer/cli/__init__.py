"""Holds the command line: the same verbs as the library, and the only print and progress bar."""

from importer.cli.app import main

__all__ = ["main"]
