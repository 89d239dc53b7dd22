"""Django's handle on the floor."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What needs no approval: codes, log-ins, 'approval wanted'."""

    name = "bluelamp.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
