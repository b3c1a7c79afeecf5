"""Looks back on runs: what happened, to whom, why, and whether MoEngage has it now."""
