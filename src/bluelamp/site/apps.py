"""Django's handle on the composition."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Composes the floors; has no models."""

    name = "bluelamp.site"
    label = "site_composition"
