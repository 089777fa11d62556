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
from payments.cards.forms import NewCardForm
from payments.cards.tables import SavedCard
from payments.cards.words import card_name
from payments.rules.types import PaymentMethod

EXTRAS_PERCENT = (10, 25, 50)
"""Of the price: what is offered as a limit of extras, in whole units of the currency."""
WHOLE = 100
ANOTHER = ""
"""Chosen where none of the cards that are kept is."""


class CardChoiceForm(NewCardForm):
    """Which card pays: one that is kept, or another one."""

    serializer: ClassVar[type[Serializer]] = CardChoiceSerializer
    keeps: ClassVar[bool] = False

    card_id = forms.ChoiceField(label=_("Pay with"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, cards: Sequence[SavedCard] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [*((card.id, card_name(card)) for card in cards if not card.closed), (ANOTHER, _("Another card"))]
        if len(choices) == 1:
            del self.fields["card_id"]
        else:
            self.fields["card_id"].choices = choices  # type: ignore[attr-defined]
            self.fields["card_id"].initial = choices[0][0]
            self.fields["source_id"].required = False

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """Of a card that is kept only its id."""
        return {"cardId": cleaned["card_id"]} if cleaned.get("card_id") else super().body(cleaned)


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
        limit = ApiForm.body(self, {"extras_limit": int(cleaned.get("extras_limit") or 0)})
        return {**super().body(cleaned), **limit, "method": PaymentMethod.CARD}
