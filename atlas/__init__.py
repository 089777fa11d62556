"""What has no domain: settings, DynamoDB, the admin bridge, errors, events, the manners of HTTP and WebSocket."""

from atlas.celery import app as celery_app

__all__ = ["celery_app"]
