"""The pages of payments."""

from django.urls import path

from payments import views
from payments.cards import views as cards

app_name = "payments"
urlpatterns = [
    path("account/cards/", cards.cards, name="cards"),
    path("account/cards/state/", cards.state, name="cards_state"),
    path("account/cards/<uuid:card_id>/remove/", cards.remove, name="remove_card"),
    path("money/", views.money, name="money"),
    path("money/statement/", views.statement, name="statement"),
]
