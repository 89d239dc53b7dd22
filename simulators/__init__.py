"""Platforms that a test or a demo cannot reach, kept true to their published rules."""
