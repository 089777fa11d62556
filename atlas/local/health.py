"""Probes: is the program behind this port ready to serve?"""

import http.client
import socket
from urllib.parse import urlsplit

from atlas.local.program import Probe

_SECONDS = 1.0
"""A healthy program on the same machine answers in milliseconds; one that takes longer is asked again."""


def http_ok(url: str) -> Probe:
    """Ready when a GET of `url` is answered with a status below 400."""
    parts = urlsplit(url)

    def probe() -> bool:
        connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=_SECONDS)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status < http.client.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def redis_pong(port: int) -> Probe:
    """Ready when PING is answered with PONG; while Redis still loads its file it says LOADING instead."""

    def probe() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    return probe
