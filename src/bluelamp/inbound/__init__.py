"""One door for everything that comes in: stored first, then understood."""
