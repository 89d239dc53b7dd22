"""Django's settings, composed from the installation's :mod:`bluelamp.kit.config`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.config import config
from bluelamp.kit.keys import keyring
from bluelamp.site.postgres import embedded_url

CONFIG = config()

DEBUG = CONFIG.debug
SECRET_KEY = keyring().newest("django").secret.hex()
SECRET_KEY_FALLBACKS = [key.secret.hex() for key in list(keyring().all("django"))[1:]]
ALLOWED_HOSTS = ["*"]  # bluelamp.site.tenancy knows the forces' hosts and answers 404 to others

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "bluelamp.kit",
    "bluelamp.audit",
    "bluelamp.org",  # before allauth, whose pages its templates replace
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "pgtrigger",
    "django_htmx",
    "csp",
    "bluelamp.language",
    "bluelamp.files",
    "bluelamp.places",
    "bluelamp.channels",
    "bluelamp.notices",
    "bluelamp.members",
    "bluelamp.outbound",
    "bluelamp.inbound",
    "bluelamp.cases",
    "bluelamp.insight",
    "bluelamp.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bluelamp.org.tenancy.TenancyMiddleware",
    "bluelamp.org.gate.GateMiddleware",
]

ROOT_URLCONF = "bluelamp.site.urls"
WSGI_APPLICATION = "bluelamp.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bluelamp.org.context.page",
                "bluelamp.site.context.navigation",
                "bluelamp.site.context.troubles",
            ],
        },
    },
]
FORM_RENDERER = "bluelamp.kit.forms.Renderer"


def _database(url: str) -> dict[str, object]:
    """Turn a ``postgresql://`` URL into Django's form; ``?host=`` may name a socket's folder."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "bluelamp",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            **query,
        },
    }


DATABASES = {"default": _database(CONFIG.database_url or embedded_url(CONFIG.var / "postgres"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PGTRIGGER_MODEL_META = True

AUTH_USER_MODEL = "org.Officer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "bluelamp.org.login.OfficerAdapter"
SOCIALACCOUNT_ADAPTER = "bluelamp.org.login.ForceIdentityAdapter"
# a whole station may share one address; one account is locked after five failures
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/5m/key", "login": "300/m/ip"}
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes with the browser; org.gate ends it after 12 h
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Bluelamp"
MFA_TOTP_TOLERANCE = 1  # steps: a code typed slowly, or by a clock half a minute off, is good
MFA_FORMS = {
    "authenticate": "bluelamp.org.forms.CodeForm",
    "reauthenticate": "bluelamp.org.forms.CodeAgainForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.secure
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # verified address = the officer of that address
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "force",
                    "name": _("your force account"),
                    "client_id": CONFIG.oidc_client_id,
                    "secret": CONFIG.oidc_client_secret,
                    "settings": {"server_url": CONFIG.oidc_issuer},
                }
            ],
        }
    }
    if CONFIG.oidc_issuer
    else {}
)

CACHES = {
    "default": {  # shared by all web processes: lock-outs are counted here
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "org_cache",
        # Django's 300 would be outgrown by one network at sign-in, and culling forgets counts
        # that are still needed.  An entry is an address or a name that tried to sign in within
        # five minutes, mostly of some 200 bytes: this is two hundred new ones a second for more
        # than three minutes, in about 10 MB.  When it is full, what ran out goes, then a quarter.
        "OPTIONS": {"MAX_ENTRIES": 40_000, "CULL_FREQUENCY": 4},
    }
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = CONFIG.secure
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.secure else 0
SECURE_REFERRER_POLICY = "same-origin"  # sealed links must not leak to other sites
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if CONFIG.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [CONFIG.public_url]

_TILES = [f"{urlsplit(CONFIG.tile_url).scheme}://{urlsplit(CONFIG.tile_url).netloc}"]
_EVENTS = CONFIG.events_root
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", *(_TILES if CONFIG.tile_url else [])],
        "connect-src": [SELF, _EVENTS, f"http://127.0.0.1:{CONFIG.events_port}"],
        "form-action": [SELF, *([CONFIG.oidc_issuer] if CONFIG.oidc_issuer else [])],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parents[1] / "kit" / "locale"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # from the packages themselves: nothing is collected
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("BLUELAMP_LOG", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},  # aiosmtpd would log addresses
        "httpx": {"level": "WARNING"},  # it would log every address it asks
    },
}
