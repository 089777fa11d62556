"""What a payer agrees to before a card is kept. Another text is another version: an old one is not agreed to anew."""

from django.utils.translation import gettext_lazy as _

from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from payments.cards.tables import Consent

VERSION = "2026-11"
TEXT = _(
    "I allow Atlas to keep this card with its payment provider, Square, and to charge it for rides that I book: the "
    "agreed price, reserved up to seven days before the ride, and fees by the cancellation policy. I can remove the "
    "card at any time; rides that are booked then need another one."
)


def agreed(version: str | None) -> Consent:
    """The proof of it. `version` is that of the text which was shown. Raises `Invalid` for none, or an old one."""
    if not version:
        raise Invalid("A card is kept only with consent.", fields={"consent": ["Agree to the card being kept."]})
    if version != VERSION:
        raise Invalid(
            "The text has changed since it was shown.",
            code="consent_outdated",
            fields={"consent": [f"Show the text of {VERSION} and ask again."]},
        )
    return Consent(version=VERSION, text=str(TEXT), at=utc_now())
