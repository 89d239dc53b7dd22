"""Django's handle on the floor."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases, owned until they are closed, and the clocks they are held to."""

    name = "bluelamp.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
