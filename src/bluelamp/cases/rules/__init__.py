"""Decisions from values alone: the milestones' clocks."""
