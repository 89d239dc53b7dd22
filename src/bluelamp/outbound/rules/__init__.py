"""Decisions from values alone: the gate, the hours, the words."""
