"""Columns of lists: an item is opened by a link with a text of its own; labels are written as people write."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from atlas.facade.admin.columns import show_document
from atlas.facade.words import spoken, title
from tests.backoffice.pages import tables


@pytest.mark.parametrize("label", sorted(tables()))
def test_no_link_stands_within_a_link(label: str) -> None:
    model_admin = admin.site._registry[tables()[label].model]
    request = RequestFactory().get("/")
    shown = model_admin.get_list_display(request)
    opening = model_admin.get_list_display_links(request, shown) or ()
    assert [each for each in opening if each not in shown] == []
    assert [each for each in opening if getattr(each, "link", None)] == []


def test_labels() -> None:
    assert spoken("payment_gateway_id") == "payment gateway ID"
    assert [title(name) for name in ("ip_address", "signed_in_at", "eta")] == ["IP address", "Signed in at", "ETA"]


def test_money_within_a_document() -> None:
    estimate = {"currency": "EUR", "total": 18972, "lines": [{"amount": 4160, "quantity": 17}]}
    shown = show_document(estimate, {"total", "amount"})
    assert "€189.72" in shown
    assert "€41.60" in shown
    assert "<dd>17</dd>" in shown
    assert "18972" in show_document(estimate)
