"""Append-only record of who did and who read what, when, from where and why; sealed."""
