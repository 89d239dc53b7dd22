"""Contacts, members, verification, consent, preferences, audience and suppression."""
