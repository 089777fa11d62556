"""A card to be kept, by the token that Square's card field gives; outside production by what shall happen to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer
from atlas.forms import ApiForm
from payments.cards import consent
from payments.cards.serializers import NewCardSerializer

OUTCOMES = (
    ("cnon:card-nonce-ok", _("Approved")),
    ("cnon:card-nonce-declined", _("Declined by the bank")),
    ("cnon:card-nonce-rejected-cvv", _("Wrong security code")),
    ("cnon:card-nonce-rejected-postalcode", _("Wrong postal code")),
    ("cnon:card-nonce-rejected-expiration", _("Wrong expiry date")),
    ("cnon:card-nonce-already-used", _("Token used before")),
)
"""The tokens that Square's own sandbox knows, by what happens to them. Never a card's number."""


class NewCardForm(ApiForm):
    """`local`: the card is named by its outcome; otherwise `js/payments/page.js` fills in Square's token."""

    serializer: ClassVar[type[Serializer]] = NewCardSerializer

    source_id: forms.Field = forms.ChoiceField(label=_("Test card"), choices=OUTCOMES, required=False)
    consent = forms.BooleanField(
        label=consent.TEXT, required=False, error_messages={"required": _("Agree to the card being kept.")}
    )
    keeps: ClassVar[bool] = True
    """Whether the card is kept in any case; otherwise the service says whether it must be."""

    def __init__(self, *args: Any, local: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source_id"].required = local
        if not local:
            self.fields["source_id"] = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
        self.fields["consent"].required = self.keeps
        self.fields["consent"].widget.attrs["value"] = consent.VERSION

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """With the version of the text that was shown."""
        shown = self.data.get(self.add_prefix("consent")) if cleaned.get("consent") else None
        return super().body({"source_id": cleaned.get("source_id"), "consent": shown})
