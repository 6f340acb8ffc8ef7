"""Roundup by its own guide: the classic tracker on SQLite."""

import os

from roundup.cgi.wsgi_handler import RequestDispatcher

application = RequestDispatcher(os.environ["PEER_FOLDER"] + "/tracker")
