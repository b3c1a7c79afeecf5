"""Holds one run that sends: registered, carried out, committed as it goes, and closed."""
