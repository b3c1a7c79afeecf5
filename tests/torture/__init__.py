"""Kills imports at random moments, resumes them, and has a checker of its own look at the ruins."""
