"""Paying by card: one that is kept, or another one, which is kept on consent."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer
from atlas.forms import ApiForm
from atlas.templatetags.ui import format_money
from bookings import consent as extras_consent
from bookings.serializers import AcceptSerializer, CardChoiceSerializer
from payments.cards import consent
from payments.cards.tables import SavedCard
from payments.cards.words import card_name
from payments.rules.types import PaymentMethod

OUTCOMES = (
    ("cnon:card-nonce-ok", _("Approved")),
    ("cnon:card-nonce-declined", _("Declined by the bank")),
    ("cnon:card-nonce-rejected-cvv", _("Wrong security code")),
    ("cnon:card-nonce-rejected-postalcode", _("Wrong postal code")),
    ("cnon:card-nonce-rejected-expiration", _("Wrong expiry date")),
    ("cnon:card-nonce-already-used", _("Token used before")),
)
"""The tokens that Square's own sandbox knows, by what happens to them. Never a card's number."""
EXTRAS_PERCENT = (10, 25, 50)
"""Of the price: what is offered as a limit of extras, in whole units of the currency."""
WHOLE = 100
ANOTHER = ""
"""Chosen where none of the cards that are kept is."""


class CardChoiceForm(ApiForm):
    """Which card pays. `local`: outside production a card is named by what will happen to it; otherwise
    `js/payments/page.js` fills in the token that Square's card field gives."""

    serializer: ClassVar[type[Serializer]] = CardChoiceSerializer

    card_id = forms.ChoiceField(label=_("Pay with"), widget=forms.RadioSelect, required=False)
    source_id: forms.Field = forms.ChoiceField(label=_("Test card"), choices=OUTCOMES, required=False)
    consent = forms.BooleanField(label=consent.TEXT, required=False)

    def __init__(self, *args: Any, local: bool, cards: Sequence[SavedCard] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if not local:
            self.fields["source_id"] = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
        choices = [*((card.id, card_name(card)) for card in cards if not card.closed), (ANOTHER, _("Another card"))]
        if len(choices) == 1:
            del self.fields["card_id"]
        else:
            self.fields["card_id"].choices = choices  # type: ignore[attr-defined]
            self.fields["card_id"].initial = choices[0][0]
        self.fields["consent"].widget.attrs["value"] = consent.VERSION

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """Of a card that is kept only its id; of another one the version of the text that was shown."""
        if cleaned.get("card_id"):
            return super().body({"card_id": cleaned["card_id"]})
        shown = self.data.get(self.add_prefix("consent")) if cleaned.get("consent") else None
        return super().body({"source_id": cleaned.get("source_id"), "consent": shown})


class AcceptForm(CardChoiceForm):
    """`price` in cents is what is accepted: extras without asking are chosen as a part of it, none at first."""

    serializer: ClassVar[type[Serializer]] = AcceptSerializer

    extras_limit = forms.TypedChoiceField(
        label=_("Waiting and extra hours"), coerce=int, empty_value="0", required=False, help_text=extras_consent.TEXT
    )

    def __init__(self, *args: Any, price: int, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        limits = dict.fromkeys(price * percent // 100 // WHOLE * WHOLE for percent in EXTRAS_PERCENT)
        offered = [
            (limit, _("Up to %(limit)s without asking me") % {"limit": format_money(limit, currency)})
            for limit in limits
            if limit
        ]
        self.fields["extras_limit"].choices = [(0, _("Ask me about everything")), *offered]  # type: ignore[attr-defined]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        limit = ApiForm.body(self, {"extras_limit": cleaned.get("extras_limit") or 0})
        return {**super().body(cleaned), **limit, "method": PaymentMethod.CARD}
