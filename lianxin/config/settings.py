"""All settings, read from the environment alone. docs/settings.md lists every variable."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysqlite3

# Debian's SQLite can corrupt a database written by several connections (before 3.51.3);
# pysqlite3 brings its own. It must be in place before Django looks for sqlite3.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from django.core.exceptions import ImproperlyConfigured  # noqa: E402  (sqlite3 comes first)

from lianxin.config.entrance import (  # noqa: E402, F401  (settings by being imported)
    AUTH_PASSWORD_VALIDATORS,
    PASSWORD_HASHERS,
    START_PAGES,
)
from lianxin.config.environment import Environment, database  # noqa: E402
from lianxin.config.logs import to_console  # noqa: E402
from lianxin.config.policy import CONTENT_SECURITY_POLICY  # noqa: E402, F401
from lianxin.config.secrets import local_secrets, sealing_keys, secret_key  # noqa: E402

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("LIANXIN_VAR", "") or BASE_DIR / "var")

# What load_demo writes and serve shows: one account per role of the demo world.
DEMO_ACCOUNTS = VAR_DIR / "demo-accounts.txt"

# --- Which kind of installation -----------------------------------------------------
_mode = os.environ.get("LIANXIN_MODE", "").strip() or "local"
if _mode not in {"local", "production"}:
    raise ImproperlyConfigured(f"LIANXIN_MODE must be local or production, and is “{_mode}”.")
PRODUCTION = _mode == "production"
env = Environment(
    os.environ if PRODUCTION else {**local_secrets(VAR_DIR / "local.env"), **os.environ}
)
env.text(
    "LIANXIN_MODE",
    "local",
    "`local`: one machine, its own secrets, plain HTTP. `production`: HTTPS, and no secret is made up.",
)
env.text(
    "LIANXIN_VAR",
    str(VAR_DIR),
    "Folder of everything this installation writes: database, files, secrets.",
    shown="var",
)
DEBUG = env.flag("DEBUG", False, "Django's error pages for developers; refused in production.")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG must be off in production: its pages show secrets.")

# --- Secrets ------------------------------------------------------------------------
SECRET_KEY = env.text(
    "SECRET_KEY",
    "",
    "Signs cookies and links, 50 characters or more. Made by itself when local.",
)
LIANXIN_KEYS = sealing_keys(
    env.text(
        "LIANXIN_KEYS",
        "",
        "Keys that seal names, phones and addresses: `number:64 hex digits`, the current one first, "
        "older ones after it, separated by commas. Made by itself when local.",
    )
)
SEAL_ALGORITHM = env.text(
    "SEAL_ALGORITHM",
    "aes",
    "`aes` (AES-256-GCM) or `sm4` (SM4-GCM): how new texts are sealed; old ones stay readable.",
)
if SEAL_ALGORITHM not in {"aes", "sm4"}:
    raise ImproperlyConfigured(f"SEAL_ALGORITHM must be aes or sm4, and is “{SEAL_ALGORITHM}”.")
_index_key = env.text(
    "LIANXIN_INDEX_KEY",
    "",
    "Key of the blind index of phones and receipt codes, 64 hex digits; it can never change. "
    "Made by itself when local.",
)
if not (SECRET_KEY and LIANXIN_KEYS and _index_key):
    raise ImproperlyConfigured(
        "SECRET_KEY, LIANXIN_KEYS and LIANXIN_INDEX_KEY must be set; "
        "`LIANXIN_MODE=local python manage.py make_secrets` prints fresh ones."
    )
LIANXIN_INDEX_KEY = secret_key("LIANXIN_INDEX_KEY", _index_key)
_ledger_key = env.text(
    "LIANXIN_LEDGER_KEY",
    "",
    "Seed of the key that signs the ledger, 64 hex digits; it can never change. Empty: made from "
    "LIANXIN_INDEX_KEY.",
)
LIANXIN_LEDGER_KEY = secret_key("LIANXIN_LEDGER_KEY", _ledger_key) if _ledger_key else b""

# --- Addresses ----------------------------------------------------------------------
HOST = env.text("HOST", "127.0.0.1", "Address the server listens on.")
PORT = env.number("PORT", 8000, "Port the server listens on.")
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    f"http://localhost:{PORT}",
    "Address people see: used in QR codes, receipts and messages; no slash at the end.",
    shown="http://localhost:PORT",
).rstrip("/")
LEDGER_NAME = env.text(
    "LEDGER_NAME",
    urlsplit(PUBLIC_URL).hostname or "localhost",
    "Name of this installation in its ledgers and their keys; it can never change.",
    shown="host of PUBLIC_URL",
)
LEDGER_WITNESSES = env.words(
    "LEDGER_WITNESSES",
    "",
    "Addresses of witnesses that cosign the ledgers, separated by commas; none: nobody is asked.",
)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    "localhost,127.0.0.1,[::1]",
    "Host names that this installation answers to, separated by commas.",
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.number(
    "TRUSTED_PROXIES",
    0,
    "How many own reverse proxies stand before the server; with 1 or more, "
    "`X-Forwarded-Proto` and `X-Forwarded-For` are believed.",
)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

METRICS_TOKEN = env.text(
    "METRICS_TOKEN",
    "",
    "Token (`Authorization: Bearer …`) with which another machine reads `/metrics/`; empty: only "
    "this machine may.",
)

# --- Processes ----------------------------------------------------------------------
WEB_WORKERS = env.number("WEB_WORKERS", 2, "Web processes.")
WEB_THREADS = env.number("WEB_THREADS", 2, "Requests that each web process works on at once.")
WEB_WAITING = env.number("WEB_WAITING", 24, "Requests that wait in each; later ones: 503.")

# --- Database -----------------------------------------------------------------------
DATABASE_URL = env.text(
    "DATABASE_URL",
    f"sqlite:///{VAR_DIR / 'lianxin.sqlite3'}",
    "`sqlite:////absolute/path` or `postgres://user:password@host:port/name`; a local "
    "socket is `postgres:///name?host=/run/postgresql`.",
    shown="sqlite:///var/lianxin.sqlite3",
)
DATABASE_ROLE = env.text(
    "DATABASE_ROLE",
    "",
    "PostgreSQL, for `migrate` and `prepare_database` alone, which run as the owner of the tables: the "
    "role as which the application works, and which gets no more rights than it needs.",
)
DATABASES: dict[str, dict[str, Any]] = {"default": database(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = env.number(
    "DATABASE_CONNECTION_SECONDS", 600, "How long a connection is kept for the next request."
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What the installation is made of -----------------------------------------------
INSTALLED_APPS = [
    "lianxin.config",
    "lianxin.reception",
    "lianxin.cases",
    "lianxin.handling",
    "lianxin.venues",
    "lianxin.notices",
    "lianxin.congress",
    "lianxin.people",
    "lianxin.places",
    "lianxin.record",
    "lianxin.web",
    "lianxin.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "lianxin.config.middleware.BrowserFeatures",
    "lianxin.web.kept.KeptByNobody",
    "lianxin.web.middleware.Preferences",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lianxin.web.middleware.OwnPagesAlone",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lianxin.config.middleware.OneLook",
    "lianxin.config.middleware.ActingPerson",
    "lianxin.config.middleware.ProvenPhone",
    "lianxin.web.middleware.PlainText",
    "lianxin.web.middleware.RefusedPages",
]
ROOT_URLCONF = "lianxin.config.urls"
API_PATH = "/api/v1/"
WSGI_APPLICATION = "lianxin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "lianxin.web.forms.LxRenderer"
# State that one process keeps to itself would differ between two of them.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# --- Language and time ---------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in itself
LANGUAGE_COOKIE_NAME = "lang"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = Path(
    env.text(
        "FILES_DIR",
        str(VAR_DIR / "files"),
        "Folder of attachments; never served as it is.",
        shown="var/files",
    )
)
CLAMD = env.text(
    "CLAMD",
    "",
    "Where clamd scans uploads: `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`; empty: no scan. "
    "While it cannot be reached, new files are kept and shown to nobody.",
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Public, and the reverse proxy that serves them is another user; attachments stay ours.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Messages that leave ---------------------------------------------------------------
RETAIN_CONTACT_DAYS = env.number(
    "RETAIN_CONTACT_DAYS",
    1096,
    "Days from a matter's last act until its residents' contacts are emptied: 3 years, Civil Code 188.",
)
NOTICE_BACKEND = env.text(
    "NOTICE_BACKEND",
    "console",
    "Where text messages and e-mails go: `console` (a masked line in the log) or `file`.",
)
NOTICE_FILE = env.text(
    "NOTICE_FILE",
    str(VAR_DIR / "outgoing.jsonl"),
    "File to which `NOTICE_BACKEND=file` appends each message as a line of JSON.",
    shown="var/outgoing.jsonl",
)

# --- Floods ------------------------------------------------------------------------------
FILINGS_PER_HOUR = env.number(
    "FILINGS_PER_HOUR",
    600,
    "Matters that one network address may report in an hour; a whole village can share one.",
)

FILINGS_WITHOUT_PUZZLE = env.number(
    "FILINGS_WITHOUT_PUZZLE",
    60,
    "Matters that one network address may report in an hour before its devices owe a small sum for "
    "each further one.",
)
PUZZLE_ROUNDS = env.number(
    "PUZZLE_ROUNDS",
    4000,
    "How hard the small sum is that a device owes after many tries: rounds of hashing for each of "
    "256 guesses; 4000 takes a phone a second or two.",
)

API_REQUESTS_PER_HOUR = env.number(
    "API_REQUESTS_PER_HOUR", 6000, "Requests of one access key in an hour; a sixth of them at once."
)

# --- Partners ----------------------------------------------------------------------------
WECHAT_PARTNER_KEY = env.text(
    "WECHAT_PARTNER_KEY",
    "",
    "Key (`X-Partner-Key`) with which a WeChat mini program books receptions; empty: off.",
)

# --- Sign-in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "people:start"
LOGOUT_REDIRECT_URL = "/"
SECOND_FACTOR = env.text(
    "SECOND_FACTOR",
    "required" if PRODUCTION else "offered",
    "`required`: nobody of the staff works without a second factor (app, passkey or paper code); "
    "`offered`: whoever has set one up is asked for it.",
    shown="required; offered when local",
)
if SECOND_FACTOR not in {"required", "offered"}:
    raise ImproperlyConfigured(f"SECOND_FACTOR must be required or offered, not “{SECOND_FACTOR}”.")
OIDC_ISSUER = env.text(
    "OIDC_ISSUER",
    "",
    "OpenID provider with which accounts can be linked, such as a province's own sign-in; empty: off.",
)
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "", "Name of this installation at the provider.")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "", "Its secret there.")
OIDC_NAME = env.text("OIDC_NAME", "", "What the provider is called on the sign-in page.")
OIDC_SECOND_FACTOR = env.words(
    "OIDC_SECOND_FACTOR",
    "",
    "Values of `amr` or `acr` by which the provider vouches for a second factor, separated by commas; "
    "none: the second factor is asked for here.",
)
PASSWORD_HASHES_AT_ONCE = env.number(
    "PASSWORD_HASHES_AT_ONCE",
    2,
    "Passwords checked at the same time; each takes 64 MiB and a core.",
)
PASSWORD_DAYS = env.number(
    "PASSWORD_DAYS",
    0,
    "Days after which a password must be changed, for inspections that ask for it (等保); 0: never, "
    "as NIST and OWASP advise.",
)
#: A one-time link to set a password is good for three days.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# Messages to somebody who is not signed in must not open a session.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_ENGINE = "lianxin.people.services.session_store"
SESSION_COOKIE_AGE = 3600 * env.number(
    "SESSION_HOURS", 72, "Hours after which a signed-in person has to sign in again."
)
SESSION_IDLE_MINUTES = env.number(
    "SESSION_IDLE_MINUTES", 480, "Minutes without a request after which a session ends."
)
ADMIN_IDLE_MINUTES = env.number(
    "ADMIN_IDLE_MINUTES", 30, "The same for the three administrators (system, security, audit)."
)
PROOF_MINUTES = env.number(
    "PROOF_MINUTES",
    10,
    "Minutes for which a proof of identity lasts for sensitive acts: second factor, access keys, posts.",
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; scripts ask for a fresh one
RESIDENT_COOKIE = "resident"  # of a browser that proved a phone

# --- Headers ------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_https_redirect = env.flag("HTTPS_REDIRECT", True, "Send plain HTTP to HTTPS (production only).")
_hsts_seconds = env.number(
    "HSTS_SECONDS", 31_536_000, "How long browsers insist on HTTPS (production only)."
)
if PRODUCTION:
    SECURE_SSL_REDIRECT = _https_redirect
    # Balancers and monitors ask on the inside, without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^(?:health|ready|metrics)/$"]
    SECURE_HSTS_SECONDS = _hsts_seconds
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    RESIDENT_COOKIE = "__Host-resident"

# --- Logs ------------------------------------------------------------------------------
LOGGING = to_console(
    env.text("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.").upper(),
)
