"""Word lists as data, and the pure matchers that read texts by them."""
