"""Decisions from values alone: who may, who is on, when it is open."""
