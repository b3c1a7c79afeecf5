"""Tells all that is wrong with a mapping, and runs the tests that stand in it."""
