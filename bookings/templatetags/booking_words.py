"""Names of things for templates: `{% load booking_words %}{{ booking.type_|type_label }}`."""

from django import template
from django.utils.functional import Promise

from bookings import labels

register = template.Library()


@register.filter
def type_label(value: str) -> str | Promise:
    return labels.TYPES.get(value, value)


@register.filter
def category_label(value: str) -> str | Promise:
    return labels.CATEGORIES.get(value, value)


@register.filter
def done_label(value: str) -> str | Promise:
    """What happened, of an action of the history."""
    return labels.DONE.get(value, value)


@register.filter
def actor_label(value: str) -> str | Promise:
    return labels.ACTORS.get(value, value)


@register.filter
def code_label(value: str) -> str | Promise:
    return labels.CODES.get(value, value)


@register.filter
def declined_label(value: str) -> str | Promise:
    return labels.DECLINED.get(value, value)
