"""The building blocks of pages, rendered."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from atlas.templatetags.ui import ago, format_money
from bookings.rules.lifecycle import BookingStatus


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (123456, "USD", "$1,234.56"),
        (5, "GBP", "£0.05"),
        (0, "EUR", "€0.00"),
        (-500, "USD", "\u2212$5.00"),
        (10_000_000_001, "AED", "AED 100,000,000.01"),
        (None, "USD", "\u2013"),
    ],
)
def test_cents_become_text_to_the_cent(cents: int | None, currency: str, text: str) -> None:
    assert format_money(cents, currency) == text


def test_money_bears_its_cents_and_currency() -> None:
    html = render("{% money 24500 'USD' %}")
    assert 'data-cents="24500"' in html
    assert "$245.00" in html
    assert "data-cents" not in render("{% money nothing %}", nothing=None)


def test_every_booking_status_has_a_tone_of_its_own() -> None:
    for status in BookingStatus:
        html = render("{% status_badge status %}", status=status)
        assert "status-neutral" not in html, status
        assert f'data-status="{status.value}"' in html
        assert "_" not in re.sub(r"<[^>]+>", "", html)


def test_what_is_not_ours_is_escaped() -> None:
    assert "<b>" not in render("{% status_badge status %}", status="<b>")
    assert "<b>" not in render("{% icon 'star' label=label %}", label="<b>")


class Form(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="As registered.")
    notes = forms.CharField(widget=forms.Textarea, required=False)
    category = forms.ChoiceField(choices=[("SEDAN", "Sedan")])
    quiet = forms.BooleanField(required=False)


def test_a_field_says_what_is_wrong_where_assistive_tools_look() -> None:
    html = render("{% field form.email %}", form=Form({"email": "nope"}))
    assert 'class="form-control is-invalid"' in html
    assert 'aria-describedby="id_email_error id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_each_widget_gets_its_class() -> None:
    form = Form()
    assert "form-select" in render("{% field form.category %}", form=form)
    assert "form-check-input" in render("{% field form.quiet %}", form=form)
    assert "(optional)" in render("{% field form.notes %}", form=form)
    assert "(optional)" not in render("{% field form.email %}", form=form)


@pytest.mark.parametrize("page", ["404.html", "403.html", "500.html"])
def test_error_pages_need_no_request(page: str) -> None:
    """Django renders 500.html without any context: the frame must stand by itself."""
    html = render_to_string(page)
    assert html.count("<h1>") == 1
    assert 'href="#main"' in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html), "inline script or style"


def test_the_map_data_cannot_break_out_of_its_script() -> None:
    data = {"pickup": {"lat": 1, "lng": 2, "label": "</script><b>"}, "dropoff": None}
    html = render("{% booking_map data '/ws/bookings/1/' '/poll' %}", data=data)
    assert "</script><b>" not in html
    assert 'data-live-url="/ws/bookings/1/"' in html


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(hours=3, minutes=5), "3\u00a0hours ago"),
    ],
)
def test_how_long_ago(passed: timedelta, words: str) -> None:
    assert ago(timezone.now() - passed) == words
    assert ago(None) == "\u2013"
