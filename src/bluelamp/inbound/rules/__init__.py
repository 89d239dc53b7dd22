"""Decisions about what came in, from values alone: mail, likeness."""
