"""Django's handle on the audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The record that every other floor writes to."""

    name = "bluelamp.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
