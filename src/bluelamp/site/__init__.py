"""Composition: settings, root urls, the command, embedded database, demo force, benches."""
