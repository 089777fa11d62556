"""The sandbox's own page: what it holds, and every lever of the control API as a form. No script, no outside request.

``reading`` takes a picture of the store, ``writing`` makes HTML of it, ``deeds`` turns forms into operations of the
control API, ``routes`` answers the browser.
"""

from .routes import page_routes

__all__ = ["page_routes"]
