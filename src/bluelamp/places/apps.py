"""Django's handle on the floor."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Areas, boundaries, postcodes and cells."""

    name = "bluelamp.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
