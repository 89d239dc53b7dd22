"""Django's handle on the floor."""

from django.apps import AppConfig


class LanguageConfig(AppConfig):
    """Word lists and matchers."""

    name = "bluelamp.language"
    label = "language"
    default_auto_field = "django.db.models.BigAutoField"
