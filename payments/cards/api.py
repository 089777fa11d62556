"""The REST views of one's own cards on file."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import page_of
from atlas.api.schema import error_response
from atlas.api.views import View
from atlas.dynamo.cursor import Page
from payments import examples
from payments.cards import consent
from payments.cards import serializers as shape
from payments.cards.saving import save_card
from payments.cards.using import list_cards, remove_card
from payments.permissions import own_payer_id

TAGS = ["Payments"]


class Cards(View):
    @property
    def throttle_scope(self) -> str | None:
        """Who keeps giving cards is trying out whether they work."""
        return "card" if self.request.method == "POST" else None

    @extend_schema(operation_id="list_cards", tags=TAGS, responses=page_of(shape.SavedCardSerializer))
    def get(self, request: Request) -> Response:
        """The cards that are kept for me (concierges), newest first."""
        found = list_cards(payer_id=own_payer_id(current_user(request)))
        return self.page(Page(found), shape.SavedCardSerializer)

    @extend_schema(
        operation_id="save_card",
        tags=TAGS,
        request=shape.NewCardSerializer,
        responses={201: shape.SavedCardSerializer, 402: error_response("The card was declined; it is not kept.")},
        examples=[examples.CARD],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep a card at Square. Its bank is asked, nothing is charged; 402 when it says no.

        `consent` is the version of the text at `me/cards/consent`, which the card's holder has agreed to.
        """
        payer_id = own_payer_id(current_user(request))
        card = save_card(payer_id=payer_id, **self.body(shape.NewCardSerializer))
        return self.created(card, shape.SavedCardSerializer)


class OneCard(View):
    @extend_schema(operation_id="remove_card", tags=TAGS, responses={204: None})
    def delete(self, request: Request, card_id: UUID) -> Response:
        """Nothing is charged to it from now on. What it holds already stays held."""
        remove_card(payer_id=own_payer_id(current_user(request)), card_id=str(card_id))
        return self.nothing()


class ConsentText(View):
    @extend_schema(operation_id="get_card_consent", tags=TAGS, responses=shape.ConsentTextSerializer)
    def get(self, request: Request) -> Response:
        """What I agree to when a card is kept, in my language."""
        own_payer_id(current_user(request))
        return self.answer({"version": consent.VERSION, "text": str(consent.TEXT)}, shape.ConsentTextSerializer)
