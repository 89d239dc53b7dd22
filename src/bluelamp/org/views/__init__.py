"""The console's pages of people, duties and opening hours."""
