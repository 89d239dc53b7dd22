"""Django's handle on the floor."""

from django.apps import AppConfig


class InboundConfig(AppConfig):
    """One door for everything that comes in: stored first, then understood."""

    name = "bluelamp.inbound"
    label = "inbound"
    default_auto_field = "django.db.models.BigAutoField"
