"""Django's handle on the floor."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Provider contract, registry and account vault; knows no business noun."""

    name = "bluelamp.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
