"""What of an admin's options cannot work over DynamoDB, found at start (`manage.py check`), each with what works."""

from django.contrib.admin.checks import InlineModelAdminChecks, ModelAdminChecks


class FacadeAdminChecks(ModelAdminChecks):
    """Stock checks, and ours."""


class FacadeInlineChecks(InlineModelAdminChecks):
    """Stock checks, and ours."""
