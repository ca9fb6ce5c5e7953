"""Django settings. Everything a city changes comes from the environment or from a pack; nothing from this file.

| variable                    | meaning                                                    | default            |
| TONGBAN_HOME                | data folder: database, keys, files                          | ./.tongban         |
| TONGBAN_DATABASE_URL        | PostgreSQL of your own (owner role)                         | embedded           |
| TONGBAN_APP_DATABASE_URL    | the same as the weaker role `tongban_app`                   | SET ROLE           |
| TONGBAN_PORT                | port of the portal                                          | 8000               |
| TONGBAN_HOSTS               | host names served, by comma                                 | localhost          |
| TONGBAN_PACKS               | folder of the packs                                         | ./packs            |
| TONGBAN_PLACE               | division code of the place this node serves                 | of the top pack    |
| TONGBAN_BIND                | address that the web server listens on                      | 127.0.0.1          |
| TONGBAN_WORKERS             | web processes                                               | 2                  |
| TONGBAN_URL                 | address of this node as peers and people reach it           | http://localhost:P |
| TONGBAN_MAIL                | mail server, as docs/guide/mail.md says                     | none: no mail      |
| TONGBAN_MAIL_FROM           | sender of mails: 通办 <no-reply@city.example>                | tongban@localhost  |
| TONGBAN_SMS                 | text messages: console, file:/folder or package.module:Class | none               |
| TONGBAN_SCANNER             | malware scanner: clamd:/run/clamav/clamd.ctl, clamd:HOST:PORT | none             |
| TONGBAN_COOKIE              | prefix of cookie names, for two nodes on one host           | tongban            |
| TONGBAN_HTTPS               | 1 behind TLS: secure cookies, HSTS                          | 0                  |
| TONGBAN_DEBUG               | 1 shows stack traces                                        | 0                  |
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tongban.base.files import scanning
from tongban.base.kit import environment, keys, mail

HOME: Path = environment.home()
DEBUG = environment.flag("TONGBAN_DEBUG")
SECRET_KEY = keys.secret("django").hex()
ALLOWED_HOSTS = environment.words("TONGBAN_HOSTS", "localhost,127.0.0.1,[::1],testserver")
_https = environment.flag("TONGBAN_HTTPS")


def _database(url: str, role: str | None) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, object] = {key: value for key, value in query.items() if key != "host"}
    if role:
        options["options"] = f"-c role={role}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": _database(*environment.database())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "procrastinate.contrib.django",
    "tongban.base.kit",
    "tongban.base.audit",
    "tongban.base.files",
    "tongban.base.identity",
    "tongban.base.notices",
    "tongban.base.directory",
    "tongban.base.peers",
    "tongban.records.catalogue",
    "tongban.records.licences",
    "tongban.records.dossier",
    "tongban.work.cases",
    "tongban.work.policies",
    "tongban.work.market",
    "tongban.work.hotline",
    "tongban.readers.assistant",
    "tongban.readers.insight",
    "tongban.doors.demo",
    "tongban.doors.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongban.base.kit.middleware.RequestLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongban.base.kit.middleware.ContentSecurityPolicy",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.base.identity.middleware.WhoIsActing",
    "tongban.work.cases.middleware.AtTheWindow",
    "tongban.doors.portal.middleware.Refusals",
]

ROOT_URLCONF = "tongban.config.urls"
WSGI_APPLICATION = "tongban.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongban.doors.portal.context.frame",
            ],
            "builtins": ["tongban.base.kit.templatetags.kit", "django.templatetags.i18n"],
            "string_if_invalid": "",
        },
    }
]

AUTH_USER_MODEL = "identity.Account"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
_cookie = environment.text("TONGBAN_COOKIE", "tongban")
LANGUAGE_COOKIE_NAME = f"{_cookie}_language"
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "base" / "kit" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # uploads go through base/files only
    "staticfiles": {"BACKEND": "tongban.base.kit.storage.Assets"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_NAME = f"{_cookie}_session"
CSRF_COOKIE_NAME = f"{_cookie}_csrf"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tongban.doors.portal.errors.session_expired"

UPLOAD_LIMIT = 20 * 1024 * 1024
"""Largest single file in bytes; a pack may ask for less."""
REQUEST_LIMIT = UPLOAD_LIMIT + 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SCANNER = environment.text("TONGBAN_SCANNER", "none")
"""`none`: what people hand in is checked for what it is and for active content, not for malware; `doctor` says so."""
scanning.scanner(SCANNER)  # a slip of the pen stops the start instead of letting files in unscanned

SUBSCRIPTIONS = "tongban.config.subscriptions.SUBSCRIPTIONS"
PLACE = environment.text("TONGBAN_PLACE")
PACKS = Path(environment.text("TONGBAN_PACKS") or environment.default_packs())

SITE = (
    environment.text("TONGBAN_URL").rstrip("/")
    or f"http://localhost:{environment.text('TONGBAN_PORT', '8000')}"
)
"""What links in mails begin with."""
MAIL = environment.text("TONGBAN_MAIL")
SMS = environment.text("TONGBAN_SMS")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("TONGBAN_MAIL_FROM", "tongban@localhost")
globals().update(mail.settings(MAIL))

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"tongban": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
