"""Django's handle on the floor."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """The control room's board, officers needed, promises kept: it reads, and changes nothing."""

    name = "bluelamp.insight"
    label = "insight"
