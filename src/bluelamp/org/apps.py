"""Django's handle on the organisation."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Forces, units, officers and who may do what."""

    name = "bluelamp.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"
