"""Every setting of Atlas, from the environment (`.env.example` documents each one).

`ATLAS_ENV` is `local` (the embedded services of `make run`), `test` or `production`. Production takes its secrets from
the environment only and refuses to start with a missing or default one.
"""

from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from atlas import openapi
from atlas.logs import configured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")
DATA_DIR = Path(env.str("ATLAS_DATA", default=str(BASE_DIR / "var")))
if (DATA_DIR / "run" / "services.env").is_file() and env.str("ATLAS_ENV", default="local") == "local":
    env.read_env(DATA_DIR / "run" / "services.env")  # where `make run` of this folder has its services

ATLAS_ENV: str = env.str("ATLAS_ENV", default="local")
if ATLAS_ENV not in ("local", "test", "production"):
    raise ImproperlyConfigured(f"ATLAS_ENV must be local, test or production, not {ATLAS_ENV!r}.")
PRODUCTION = ATLAS_ENV == "production"


def secret(name: str, local_default: str) -> str:
    """A secret from the environment; its default exists for the embedded services only."""
    value: str = env.str(name, default="" if PRODUCTION else local_default)
    if not value or (PRODUCTION and value == local_default):
        raise ImproperlyConfigured(f"Set {name} in the environment: production does not start without it.")
    return value


def secrets(name: str, local_default: str) -> list[str]:
    """The same for a comma-separated list of them."""
    return [each.strip() for each in secret(name, local_default).split(",") if each.strip()]


def host(name: str, local_default: str) -> str | None:
    """An endpoint override: embedded by default, unset (the real service) in production."""
    value: str = env.str(name, default="" if PRODUCTION else local_default)
    return value or None


# What Atlas is made of
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", "local-only-secret-key-that-production-refuses-to-start-with")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")

ATLAS_APPS = ["atlas", "accounts", "fleet", "telemetry", "payments", "bookings"]
INSTALLED_APPS = [
    "daphne",
    "atlas.backoffice.apps.BackofficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "atlas.jobs",
    *ATLAS_APPS,
]

MIDDLEWARE = [
    "atlas.middleware.request_id.request_id_middleware",
    "atlas.middleware.trail.trail_middleware",
    "atlas.middleware.measuring.measuring_middleware",
    "atlas.middleware.metering.metering_middleware",
    "atlas.middleware.errors.ErrorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "atlas.middleware.private_pages.private_pages_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.last_seen_middleware",
    "accounts.middleware.EnrolmentMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "atlas.urls"
ASGI_APPLICATION = "atlas.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# The database: DynamoDB through PynamoDB. Django's own ORM gets an engine that opens nothing (docs/adr/0002).
DATABASES = {"default": {"ENGINE": "atlas.facade.engine"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DYNAMODB_ENDPOINT = host("DYNAMODB_ENDPOINT", "http://127.0.0.1:8100")
AWS_REGION = env.str("AWS_REGION", default="us-east-1")
TABLE_PREFIX = env.str("TABLE_PREFIX", default="atlas-")
DYNAMODB_CAPACITY = env.str("DYNAMODB_CAPACITY", default="on-demand")
"""`on-demand`, or `provisioned`: the seeds' figures with auto-scaling."""
DYNAMODB_KMS_KEY = env.str("DYNAMODB_KMS_KEY", default="")
"""Id or ARN of the customer-managed key that encrypts tables with personal data; empty: the key that AWS owns."""
DYNAMODB_DELETION_PROTECTION = env.bool("DYNAMODB_DELETION_PROTECTION", default=PRODUCTION)
DYNAMODB_POOL = env.int("DYNAMODB_POOL", default=50)
ATLAS_METER = env.bool("ATLAS_METER", default=False)

# Cache, live hub and broker: Redis
REDIS_URL = env.str("REDIS_URL", default="" if PRODUCTION else "redis://127.0.0.1:8102/0")
if not REDIS_URL:
    raise ImproperlyConfigured("Set REDIS_URL in the environment: cache, live tracking and jobs need it.")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "atlas",
    }
}

# Files that people download: S3 (docs/adr/0015-objects.md)
OBJECTS_ENDPOINT = host("OBJECTS_ENDPOINT", "http://127.0.0.1:8103")
OBJECTS_BUCKET = env.str("OBJECTS_BUCKET", default="" if PRODUCTION else "atlas-objects")
if not OBJECTS_BUCKET:
    raise ImproperlyConfigured("Set OBJECTS_BUCKET in the environment: exports and archives need it.")
OBJECTS_KMS_KEY = env.str("OBJECTS_KMS_KEY", default="")
"""Id or ARN of the customer-managed key that encrypts objects; empty: S3's own keys."""

# What is old (docs/retention.md)
ARCHIVE_COLD_STORAGE = env.str(
    "ARCHIVE_COLD_STORAGE",
    default="atlas.objects.cold.S3ColdStorage" if PRODUCTION else "atlas.objects.cold.SimulatedColdStorage",
)
ARCHIVE_RESTORE_DAYS = env.int("ARCHIVE_RESTORE_DAYS", default=7)
"""How long what was asked back from the archive can be read."""
ARCHIVE_RESTORE_TIER = env.str("ARCHIVE_RESTORE_TIER", default="Standard")
"""Glacier's: `Expedited` (minutes), `Standard` (hours), `Bulk` (half a day, free of charge)."""
ARCHIVE_SIMULATED_SECONDS = env.float("ARCHIVE_SIMULATED_SECONDS", default=20.0)
"""How long the embedded store takes for it."""

# Who one is
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.authentication.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "accounts.strength.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.strength.GuessingValidator"},
]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_NAME = "atlas_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
ACCOUNT_URL = "accounts:profile"
ACCESS_TOKEN_LIFE = timedelta(minutes=15)
REFRESH_TOKEN_LIFE = timedelta(days=30)
TOKEN_KEY = secret("TOKEN_KEY", "local-only-token-key-that-production-refuses-to-start-with")
"""Signs access tokens (HS256) and list cursors."""

# Who did what to whose data (docs/adr/0014-access-log.md)
AUDIT_KEY = secret("AUDIT_KEY", "local-only-audit-key-that-production-refuses-to-start-with")
"""Signs entries and seals of the access log: not for those who may write to its tables."""
AUDIT_KEY_FALLBACKS: list[str] = env.list("AUDIT_KEY_FALLBACKS", default=[])
ACCESS_LOG_RETENTION = timedelta(days=env.int("ACCESS_LOG_RETENTION_DAYS", default=7 * 365 + 2))
"""As long as a booking is kept: what was done to a record can be told for as long as there is the record."""
ACCESS_LOG_READ_WINDOW = timedelta(minutes=env.float("ACCESS_LOG_READ_WINDOW_MINUTES", default=15.0))
"""What one person is shown of another again within it is one entry; 0: every time."""

# Guessing passwords
PASSWORD_RESET_LIFE = timedelta(minutes=30)
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=PRODUCTION)
CHALLENGE_LIFE = timedelta(minutes=5)
"""Between the password and the code."""
SESSION_SEEN_EVERY = timedelta(minutes=15)
"""How exactly "last seen" is known: a session writes it no more often."""
ERASURE_PROOF_LIFE = timedelta(days=env.int("ERASURE_PROOF_DAYS", default=30))
"""For how long it can be proved, by fingerprints, that nothing is left of an erased person."""
LOCKOUT_FAILURES = env.int("LOCKOUT_FAILURES", default=8)
LOCKOUT_MINUTES = env.int("LOCKOUT_MINUTES", default=15)

# Transport
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=PRODUCTION) else None
)
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}
BODY_LIMIT_BYTES = env.int("BODY_LIMIT_BYTES", default=1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000  # 5,000 ticked items of the back office, and what stands beside them

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["atlas.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["atlas.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "atlas.api.exceptions.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DEFAULT_THROTTLE_CLASSES": ["atlas.api.throttles.Throttle"],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("THROTTLE_ANON", default="300/minute"),
        "read": env.str("THROTTLE_READ", default="1200/minute"),
        "write": env.str("THROTTLE_WRITE", default="600/minute"),
        "login": env.str("THROTTLE_LOGIN", default="120/minute"),
        "register": env.str("THROTTLE_REGISTER", default="60/minute"),
        "refresh": env.str("THROTTLE_REFRESH", default="120/minute"),
        "card": env.str("THROTTLE_CARD", default="30/hour"),
        "command-user": env.str("THROTTLE_COMMAND_USER", default="60/minute"),
        "command-vehicle": env.str("THROTTLE_COMMAND_VEHICLE", default="20/minute"),
    },
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0),
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = openapi.SETTINGS

# Jobs
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=ATLAS_ENV == "test")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
JOBS_EVERY_SECONDS = env.float("JOBS_EVERY_SECONDS", default=15.0)
"""How often beat looks for what is due, and for what the outbox still holds."""
JOBS_AT_ONCE = env.int("JOBS_AT_ONCE", default=2)
"""Long jobs (`atlas.jobs`) that one worker process runs at a time; its other threads stay free for quick tasks."""
JOB_LEASE = timedelta(seconds=env.float("JOB_LEASE_SECONDS", default=60.0))
"""A long job that says nothing for so long is taken up by another worker."""
JOB_FILES_LIFE = timedelta(days=env.float("JOB_FILES_DAYS", default=7.0))
"""How long the file that a job wrote can be downloaded."""
OUTBOX_RETRY = timedelta(seconds=env.float("OUTBOX_RETRY_SECONDS", default=20.0))
"""How long a fact waits for its first redelivery. Longer than a delivery takes: the two must not run side by side."""

# Secrets at rest (`atlas.vault`): the first key seals, all of them open; KMS instead, where it is named
VAULT_KMS_KEY = env.str("VAULT_KMS_KEY", default="")
VAULT_KEYS = [] if VAULT_KMS_KEY and not env.str("VAULT_KEYS", default="") else secrets("VAULT_KEYS", "local-vault-key")
VIN_KEY = secret("VIN_KEY", "local-vin-key")
"""Makes pseudoVINs of VINs."""
VIN_CHECK_DIGIT = env.bool("VIN_CHECK_DIGIT", default=True)
"""North America's check digit; False for markets without."""

# Telemetry
TELEMETRY_LATENESS_SECONDS = env.float("TELEMETRY_LATENESS_SECONDS", default=15.0)
"""How far behind a vehicle's newest reading another one may come and still count for its trips."""
TRIP_START_MPH = env.float("TRIP_START_MPH", default=5.0)
TRIP_STOP_MPH = env.float("TRIP_STOP_MPH", default=1.0)
TRIP_ENDING_SECONDS = env.float("TRIP_ENDING_SECONDS", default=300.0)
"""A trip is over when the vehicle has stood for so long."""
TRIP_ORPHAN_MINUTES = env.float("TRIP_ORPHAN_MINUTES", default=30.0)
"""A trip is over when nothing was heard of the vehicle for so long."""
TRIP_LOOK_MINUTES = env.float("TRIP_LOOK_MINUTES", default=1.0 if ATLAS_ENV == "local" else 15.0)
"""How often a vehicle under way is looked at whether it fell silent. On one machine there are few, and people watch."""
TRIP_SUMMARIES = env.str("TRIP_SUMMARIES", default="")
"""Who describes trips in words: nobody, the embedded `template`, or a function by its dotted path."""
SAFETY_SPEEDING_MPH = env.float("SAFETY_SPEEDING_MPH", default=85.0)
SAFETY_BRAKING_G = env.float("SAFETY_BRAKING_G", default=0.45)
SAFETY_ACCELERATION_G = env.float("SAFETY_ACCELERATION_G", default=0.40)
SAFETY_TURN_G = env.float("SAFETY_TURN_G", default=0.40)

# Commands to vehicles (docs/vehicle-commands.md)
VEHICLE_COMMANDS = env.str("VEHICLE_COMMANDS", default="off" if PRODUCTION else "simulated")
"""Who brings them: `tesla` (its signing proxy), `simulated` (cars that are not there), or nobody (`off`)."""
SIMULATED_VEHICLE_SECONDS = env.float("SIMULATED_VEHICLE_SECONDS", default=0.0 if ATLAS_ENV == "test" else 1.5)
"""How long such a car takes to do something."""
TESLA_PROXY_URL = env.str("TESLA_PROXY_URL", default="")
TESLA_PROXY_CA = env.str("TESLA_PROXY_CA", default="")
"""The certificate that the proxy's own is signed with, as a file; empty: the authorities of the system."""
TESLA_TOKEN_URL = env.str("TESLA_TOKEN_URL", default="https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token")
TESLA_CLIENT_ID = env.str("TESLA_CLIENT_ID", default="")
TESLA_TIMEOUT_SECONDS = env.float("TESLA_TIMEOUT_SECONDS", default=12.0)
"""Longer than the proxy's own 10 s, so that it is the proxy that says what happened."""
FFMPEG = env.str("FFMPEG", default="ffmpeg")
"""Makes thumbnails and web copies of dashcam clips; without it they are kept and shown as they were recorded."""

# Money: Square
SQUARE_BASE_URL = host("SQUARE_BASE_URL", "http://127.0.0.1:8101")
SQUARE_ACCESS_TOKEN = secret("SQUARE_ACCESS_TOKEN", "local-sandbox-token")
SQUARE_LOCATION_ID = env.str("SQUARE_LOCATION_ID", default="L-ATLAS-LOCAL")
SQUARE_WEBHOOK_KEY = secret("SQUARE_WEBHOOK_KEY", "local-sandbox-webhook-key")
BANK_DETAILS = env.str("BANK_DETAILS", default="")
"""Where transfers go, as it stands on invoices: name, IBAN, BIC, in one line."""
SQUARE_WEBHOOK_URL = env.str("SQUARE_WEBHOOK_URL", default=f"{PUBLIC_URL}/api/v1/webhooks/square")
SQUARE_ENVIRONMENT: str = env.str("SQUARE_ENVIRONMENT", default="production" if PRODUCTION else "local")
"""Whose card field the payment page shows: Square's (`production`, `sandbox`), or labelled outcomes (`local`)."""
SQUARE_APPLICATION_ID = env.str("SQUARE_APPLICATION_ID", default="")
SQUARE_CHALLENGE_FRAMES: list[str] = env.list("SQUARE_CHALLENGE_FRAMES", default=[])
"""Origins of banks' pages that 3-D Secure may show in a frame on the payment page."""
SQUARE_TIMEOUT_SECONDS = env.float("SQUARE_TIMEOUT_SECONDS", default=10.0)
RECONCILE_MENDS = env.bool("RECONCILE_MENDS", default=True)
"""Whether the nightly reconciliation does what moves no money and contradicts no record; otherwise it only lists."""
CURRENCY = "USD"

# The marketplace
OPEN_REQUEST_SHARDS = env.int("OPEN_REQUEST_SHARDS", default=4)
"""Partitions of the open-requests and due indexes. Raise it before a region's write rate needs it; never lower it."""
COUNTER_SHARDS = env.int("COUNTER_SHARDS", default=16)
"""Items over which each kept counter is spread. More bear more changes a second; what was counted stays counted."""
ACCEPTANCE_ANSWERED_WITHIN = timedelta(seconds=env.float("ACCEPTANCE_ANSWERED_SECONDS", default=45.0))
"""An accept that is still open after this was cut off in the middle: its payment is asked after."""
LOCATION_WRITE_SECONDS = 15
ATLAS_LIVE_AUTHENTICATE = "accounts.authentication.user_for_token"
ATLAS_LIVE_STILL_SIGNED_IN = "accounts.signed_in.is_signed_in"
MAP_STYLE_URL = env.str("MAP_STYLE_URL", default="")

# Language, time, files
LANGUAGE_CODE = "en"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None  # elsewhere they are served from where they lie
STORAGES = {
    "default": {"BACKEND": "atlas.objects.storage.ObjectStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Atlas <no-reply@localhost>")
TEST_RUNNER = "atlas.testing.PytestRunner"

# Logs: one JSON object per line in production, readable lines elsewhere
LOGGING = configured(as_json=PRODUCTION, level=env.str("LOG_LEVEL", default="INFO"))
