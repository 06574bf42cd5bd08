"""Django's settings, from the environment that `sesgov.environment` has read and checked."""

import hashlib
import os
import ssl
import tomllib
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from sesgov import environment, log_lines
from sesgov.setting_values import SettingError

try:
    ENVIRONMENT = environment.read(os.environ)
except SettingError as error:
    raise ImproperlyConfigured(str(error)) from None

BASE_DIR = environment.ROOT
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key or "only-for-checks-that-sign-nothing-" * 2

ALLOWED_HOSTS = [str(urlsplit(ENVIRONMENT.base_url).hostname), *ENVIRONMENT.allowed_hosts]
if not ENVIRONMENT.production:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.base_url]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "pgtrigger",
    "template_partials",
    "inventory",
    "approvals",
    "sesgov",
]

MIDDLEWARE = [
    "sesgov.health.answers.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sesgov.walls.SignInMiddleware",
    "sesgov.walls.SessionEndMiddleware",
    "sesgov.walls.SecondFactorMiddleware",
]

if ENVIRONMENT.demo:
    MIDDLEWARE.append("sesgov.demo.history.progress.HistoryWall")

ROOT_URLCONF = "sesgov.urls"
WSGI_APPLICATION = "sesgov.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sesgov.company.views.company",
                *(["sesgov.demo.history.progress.history"] if ENVIRONMENT.demo else []),
            ],
        },
    },
]

# Data -----------------------------------------------------------------------------------------------------------------

# Without DATABASE_URL the settings still load, so that checks which touch no database need none.
DATABASES: dict[str, dict[str, Any]] = {
    "default": environ.Env.db_url_config(ENVIRONMENT.database_url or "postgresql://127.0.0.1:1/sesgov")
}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    # Compiling a statement took up to two seconds where running it took a tenth of one, over 100,000 identities.
    "OPTIONS": {"options": "-c jit=off", "connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {}),
    "TEST": {"NAME": f"test_{DATABASES['default']['NAME']}"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENVIRONMENT.redis_url or "redis://127.0.0.1:1/0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "sesgov",
    }
}

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "inventory.User"
AUTHENTICATION_BACKENDS = ["sesgov.sign_in.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sesgov.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An administrator enters each address, so there is nothing for its owner to confirm before the first sign-in.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
# Guesses are counted by address: behind a proxy that is not believed, one guesser would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies

SESGOV_LOCAL_SIGN_IN = ENVIRONMENT.local_sign_in
SESGOV_DECISION_SIGN_IN_HOURS = ENVIRONMENT.decision_sign_in_hours
SESGOV_REQUIRE_MFA = ENVIRONMENT.require_mfa
SESGOV_OIDC_ISSUER = ENVIRONMENT.oidc_issuer
SESGOV_OIDC_GROUPS_CLAIM = ENVIRONMENT.oidc_groups_claim
SESGOV_OIDC_ROLES = ENVIRONMENT.oidc_roles
# A subject is somebody at one issuer: with another issuer nobody inherits an account.
SESGOV_OIDC_PROVIDER = f"oidc-{hashlib.sha256((ENVIRONMENT.oidc_issuer or '').encode()).hexdigest()[:16]}"
SOCIALACCOUNT_ADAPTER = "sesgov.company.arrivals.CompanyAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "sesgov.company.provider.CompanyProvider",
        "APPS": [
            {
                "provider_id": SESGOV_OIDC_PROVIDER,
                "name": "your company",
                "client_id": ENVIRONMENT.oidc_client_id or "",
                "secret": ENVIRONMENT.oidc_client_secret or "",
                "settings": {"server_url": ENVIRONMENT.oidc_issuer or "", "scope": list(ENVIRONMENT.oidc_scopes)},
            }
        ],
    }
}
MFA_ADAPTER = "sesgov.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "sesgov"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
# The browser itself knows which names are safe without https: localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.production

# Safety ---------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sesgov.errors.untrusted_form"
if ENVIRONMENT.production:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False
else:
    # Two installations on one machine share the cookies of 127.0.0.1, whatever their ports.
    SESSION_COOKIE_NAME = "sesgov_demo_session" if ENVIRONMENT.demo else "sesgov_session"

# Language, time, mail -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone.key
vars().update(environ.Env.email_url_config(ENVIRONMENT.mail_url or "filemail://"))
if urlsplit(ENVIRONMENT.mail_url or "filemail://").scheme == "filemail":
    EMAIL_BACKEND = "sesgov.mail_files.EmailBackend"
    _folder = ENVIRONMENT.state_dir / ("demo-mails" if ENVIRONMENT.demo else "mails")
    EMAIL_FILE_PATH = unquote(urlsplit(ENVIRONMENT.mail_url or "").path) or str(_folder)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from

# Files ----------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# In production the image holds collected files with hashed names; elsewhere they are served from where they lie.
STATIC_ROOT = BASE_DIR / "staticfiles" if ENVIRONMENT.production else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not ENVIRONMENT.production
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.production
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Work in the background -----------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("rediss:"):
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long the broker is away, a worker that gave up would be away for longer.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 2}
# Who nudges a worker does not wait for a broker that is away: the row is there, and beat comes by.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "inventory.tasks.tick", "schedule": 5.0, "options": {"expires": 15}},
    "approvals": {"task": "approvals.tasks.tick", "schedule": 5.0, "options": {"expires": 15}},
    "audit_seal": {"task": "sesgov.tasks.seal_audit", "schedule": 1.0, "options": {"expires": 5}},
    "audit_check": {"task": "sesgov.tasks.daily_audit_check", "schedule": 60.0, "options": {"expires": 55}},
    "figures": {"task": "sesgov.tasks.daily_figures", "schedule": 60.0, "options": {"expires": 55}},
}

# Logs -----------------------------------------------------------------------------------------------------------------

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = log_lines.configure(ENVIRONMENT.log_format, ENVIRONMENT.log_level, ENVIRONMENT.secrets(os.environ))
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# What this product alone knows ----------------------------------------------------------------------------------------

SESGOV_VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
SESGOV_PRODUCTION = ENVIRONMENT.production
SESGOV_DEMO = ENVIRONMENT.demo
SESGOV_BASE_URL = ENVIRONMENT.base_url
SESGOV_TIME_ZONE = ENVIRONMENT.time_zone
SESGOV_COLLECT_AT = ENVIRONMENT.collect_at
SESGOV_SES_RATE = ENVIRONMENT.ses_rate
SESGOV_REGIONS = ENVIRONMENT.regions
SESGOV_LEASE_SECONDS = ENVIRONMENT.lease_seconds
SESGOV_ROLE_NAME = ENVIRONMENT.role_name
SESGOV_EXTERNAL_ID = ENVIRONMENT.external_id
SESGOV_OWNER_TAG_KEYS = ENVIRONMENT.owner_tag_keys
SESGOV_ESCALATION_TEAM = ENVIRONMENT.escalation_team
SESGOV_REQUIRE_TICKET = ENVIRONMENT.require_ticket
SESGOV_DIGEST_AT = ENVIRONMENT.digest_at
SESGOV_WEBHOOK_URL = ENVIRONMENT.webhook_url
SESGOV_WEBHOOK_SECRET = ENVIRONMENT.webhook_secret
SESGOV_SLACK_URL = ENVIRONMENT.slack_url
SESGOV_PRIVATE_HOOKS = ENVIRONMENT.private_hooks
SESGOV_SIGNING_KEY_FILE = ENVIRONMENT.signing_key_file
AWS_ENDPOINT_URL = ENVIRONMENT.aws_endpoint_url
