"""The files app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Attachments, images and clips."""

    name = "bluelamp.files"
    label = "files"
