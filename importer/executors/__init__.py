"""Holds the places where a pipeline can run."""
