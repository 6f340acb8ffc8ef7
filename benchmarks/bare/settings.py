"""The product's settings with other addresses. BENCH_BARE=alone leaves the middleware out too."""

import os

from lianxin.config.settings import *  # noqa: F403
from lianxin.config.settings import INSTALLED_APPS as THEIRS
from lianxin.config.settings import MIDDLEWARE as AROUND

INSTALLED_APPS = [*THEIRS, "benchmarks.bare"]
ROOT_URLCONF = "benchmarks.bare.urls"
MIDDLEWARE = [] if os.environ.get("BENCH_BARE") == "alone" else AROUND
