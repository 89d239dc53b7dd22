"""Django's handle on the floor."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Contacts, members, verification, consent, preferences, audience and suppression."""

    name = "bluelamp.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"
