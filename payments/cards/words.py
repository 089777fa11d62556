"""What a card on file is called on pages and in mails. No I/O."""

from payments.cards.tables import SavedCard


def card_name(card: SavedCard) -> str:
    """`Visa •••• 1111, 04/30`: brand, last four digits, and until when it is good."""
    brand = (card.brand or "").replace("_", " ").title()
    until = f", {card.exp_month:02}/{card.exp_year % 100:02}" if card.exp_month and card.exp_year else ""
    return f"{brand} •••• {card.last4}{until}".strip()
