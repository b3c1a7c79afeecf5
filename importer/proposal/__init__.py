"""Looks at a table of users and proposes a mapping for it, with the evidence."""

from importer.proposal.proposal import SAMPLE_ROWS, Proposal, name_for, propose_mapping

__all__ = ["SAMPLE_ROWS", "Proposal", "name_for", "propose_mapping"]
