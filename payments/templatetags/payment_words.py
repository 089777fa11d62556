"""Months in pages: `{{ "2026-12"|month_name }}`."""

from datetime import date

from django import template
from django.utils import formats

from payments.statements.period import days_of

register = template.Library()


@register.filter
def month_name(month: str) -> str:
    """`December 2026`."""
    return formats.date_format(date.fromisoformat(f"{month}-01"), "F Y")


@register.filter
def first_day(month: str) -> str:
    return days_of(month)[0].isoformat()


@register.filter
def last_day(month: str) -> str:
    return days_of(month)[1].isoformat()
