"""Remembers what was accepted of each user, so that it need not be sent again."""
