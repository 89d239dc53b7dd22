"""Casework: what somebody owns until it is closed."""
