"""Django's handle on the kit (templates, static files, tags; no models)."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The kit has no models: it holds what every floor draws on."""

    name = "bluelamp.kit"
    label = "kit"

    def ready(self) -> None:
        """Set up how values come out of the database."""
        from bluelamp.kit.loading import read_moments_quickly

        read_moments_quickly()
