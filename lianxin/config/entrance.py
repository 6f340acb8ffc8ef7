"""What settings say of passwords, and where work begins after signing in."""

# Where work begins after signing in: the first page whose ability one has and whose URL exists;
# an empty ability is a deputy's.
START_PAGES = (
    ("case.register", "cases:desk"),
    ("matter.sign", "cases:unit"),
    ("matter.supervise", "cases:office"),
    ("", "cases:deputy"),
    ("duty.call", "reception:duty"),
    ("role.manage", "congress:organs"),
    ("import.run", "venues:imports"),
    ("record.see", "congress:journal"),
)

PASSWORD_HASHERS = [
    "lianxin.kernel.hashing.LimitedArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
