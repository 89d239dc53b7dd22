"""Django's handle on the floor."""

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    """Compose, check, approve, schedule, fanout, deliver, receipts; amend and recall."""

    name = "bluelamp.outbound"
    label = "outbound"
    default_auto_field = "django.db.models.BigAutoField"
