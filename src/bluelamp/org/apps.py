"""Django's handle on the organisation."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Forces, units, officers and who may do what."""

    name = "bluelamp.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take Django's own note of the last log-in away: ``org.login`` writes it under an act."""
        from django.contrib.auth.signals import user_logged_in

        user_logged_in.disconnect(dispatch_uid="update_last_login")
