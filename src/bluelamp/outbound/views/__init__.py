"""The console's pages of messages: lists, writing, deciding, following."""
