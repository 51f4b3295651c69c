"""Signing in on a page, as people do in a browser: the session it opens serves pages, and REST with ``X-UserToken``."""
