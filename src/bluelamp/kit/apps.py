"""Django's handle on the kit (templates, static files, tags; no models)."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The kit has no models: it holds what every floor draws on."""

    name = "bluelamp.kit"
    label = "kit"
