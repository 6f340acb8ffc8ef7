"""The product's settings with other addresses."""

from lianxin.config.settings import *  # noqa: F403
from lianxin.config.settings import INSTALLED_APPS as THEIRS

INSTALLED_APPS = [*THEIRS, "benchmarks.bare"]
ROOT_URLCONF = "benchmarks.bare.urls"
