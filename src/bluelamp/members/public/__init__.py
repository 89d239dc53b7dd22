"""The public's pages: joining, preferences, leaving."""
