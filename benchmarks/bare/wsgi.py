"""The entry of the web server: the same door and the same rest from the collector as the product's."""

import gc

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from lianxin.config.doors import Doors

application = Doors(
    get_wsgi_application(), working=settings.WEB_THREADS, waiting=settings.WEB_WAITING
)
gc.collect()
gc.freeze()
