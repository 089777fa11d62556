"""Nothing like a card number is accepted, stored or logged, whichever way it comes in; and no refusal repeats it."""

import io
import json
import logging
from typing import Any, ClassVar

import pytest
import structlog
from django import forms
from django.http import QueryDict
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError

from accounts.access_log.deeds import Deed
from accounts.access_log.writing import entry
from accounts.forms import ProfileForm, SignInForm
from atlas import trail
from atlas.api.fields import Email, FreeText, ListOf, Secret, Text, Url
from atlas.api.serializers import Serializer, validated
from atlas.card_numbers import REFUSAL, STRUCK
from atlas.facade.admin.service_action import ReasonForm
from atlas.forms import ApiForm
from atlas.logs import configured
from atlas.middleware.request_id import request_id
from atlas.middleware.trail import work_of
from atlas.origin import origin_of
from bookings.serializers import AcceptSerializer
from payments.rules.striking import fit_to_keep

NUMBER, WRITTEN = "4111111111111111", "4111 1111-1111 1111"


def posted(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    data._mutable = False
    return data


class NoteSerializer(Serializer):
    note = FreeText(multiline=True)


class NoteForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = NoteSerializer
    note = forms.CharField(max_length=10)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Text(), WRITTEN),
        (FreeText(multiline=True), f"Pay with\n{WRITTEN}"),
        (Email(), f"{NUMBER}@example.com"),
        (Url(), f"https://example.com/{NUMBER}"),
        (ListOf(Text()), ["fine", NUMBER]),
    ],
    ids=["text", "free text", "e-mail", "address", "list"],
)
def test_the_api_refuses_it_and_does_not_repeat_it(field: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        field.run_validation(value)
    assert REFUSAL in str(refused.value.detail)
    assert NUMBER not in str(refused.value.detail)
    assert WRITTEN not in str(refused.value.detail)


def test_a_password_is_whatever_its_owner_likes() -> None:
    """It is stored as a digest; refusing it would tell that it is one."""
    assert Secret().run_validation(NUMBER) == NUMBER


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (NoteForm(posted(note=WRITTEN)), "note"),
        (ProfileForm(posted(name=f"Ada {WRITTEN}")), "name"),
        (SignInForm(None, posted(email=f"{NUMBER}@example.com", password=NUMBER)), "email"),
        (ReasonForm(posted(reason=f"card was {NUMBER}")), "reason"),
    ],
    ids=["of the api", "profile", "sign-in", "admin"],
)
def test_a_form_refuses_it_and_does_not_show_it_again(form: Any, name: str) -> None:
    assert not form.is_valid()
    assert form.errors[name] == [REFUSAL]
    assert NUMBER not in form.as_p()
    assert WRITTEN not in form.as_p()


def test_a_form_takes_what_is_none() -> None:
    assert ReasonForm(posted(reason="Called +1 212 555 0123 about 2026-11-23")).is_valid()


@pytest.mark.parametrize("token", ["cnon:card-nonce-ok", "cnon:CBASEN-v_x3A=", "ccof:customer-card-id-ok"])
def test_a_token_is_a_token(token: str) -> None:
    assert validated(AcceptSerializer(data={"method": "CARD", "sourceId": token}))["source_id"] == token


@pytest.mark.parametrize("token", [NUMBER, WRITTEN, f"cnon:{NUMBER}", "4111", "nonsense", "cnon:", "cnon:a b", "CASH"])
def test_nothing_else_is_taken_for_a_token(token: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validated(AcceptSerializer(data={"method": "CARD", "sourceId": token}))
    assert "sourceId" in str(refused.value.detail)
    assert token not in str(refused.value.detail) or token == "cnon:"


def test_a_webhook_is_struck_before_it_is_kept() -> None:
    event = {"data": {"object": {"payment": {"note": f"paid by {WRITTEN}", "id": "abc", "amount": 12_000}}}}
    assert fit_to_keep(event) == {
        "data": {"object": {"payment": {"note": f"paid by {STRUCK}", "id": "abc", "amount": 12_000}}}
    }


def test_the_access_log_keeps_none() -> None:
    request = RequestFactory().get(f"/bookings/{NUMBER}/", headers={"user-agent": f"agent {NUMBER}"})
    with trail.within(work_of(request)):
        told = entry(
            Deed.EXPORT,
            object="bookings",
            personal={"query": [None, {"q": WRITTEN}]},
            change={"notes": [NUMBER, None]},
            reason=f"asked for {NUMBER}",
        )
    kept = json.dumps(told.attribute_values, default=str)
    assert kept.count(STRUCK) == 5
    assert NUMBER not in kept
    assert WRITTEN not in kept
    assert origin_of(request).user_agent == f"agent {STRUCK}"


def test_a_request_id_that_is_one_is_not_taken() -> None:
    assert request_id(NUMBER) != NUMBER
    assert request_id("4111111111111112") == "4111111111111112"


@pytest.fixture(params=[True, False], ids=["json", "lines"])
def lines(request: pytest.FixtureRequest) -> Any:
    """A logger's output as Atlas is configured to write it; structlog's own set-up is put back."""
    before = structlog.get_config()
    out = io.StringIO()
    made = configured(as_json=request.param, level="INFO")
    formatter = dict(made["formatters"]["structured"])
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter.pop("()")(**formatter))
    logger = logging.getLogger("tests.card_numbers")
    logger.addHandler(handler)
    yield logger, out
    logger.removeHandler(handler)
    structlog.configure(**before)


def test_no_log_line_holds_one(lines: Any) -> None:
    logger, out = lines
    ours = structlog.get_logger("tests.card_numbers")
    wide = "".join(chr(ord("\uff10") + int(each)) for each in NUMBER)
    logger.warning("Not Found: /pay/%s", NUMBER)
    ours.warning("said", text=WRITTEN, number=int(NUMBER), nested={"of": [NUMBER, wide]})
    try:
        raise ValueError(f"invalid: {NUMBER}")
    except ValueError:
        logger.exception("bad")
        ours.exception("bad")
    written = out.getvalue()
    assert "Not Found" in written
    assert "invalid: " in written
    assert written.count(STRUCK) >= 6
    for each in (NUMBER, WRITTEN, wide, json.dumps(wide)[1:-1]):
        assert each not in written


def test_other_numbers_stay_in_the_log(lines: Any) -> None:
    _logger, out = lines
    structlog.get_logger("tests.card_numbers").warning("seen", phone="+1 212 555 0123", at=1763898469123)
    assert "+1 212 555 0123" in out.getvalue()
    assert "1763898469123" in out.getvalue()
