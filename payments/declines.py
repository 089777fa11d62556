"""What a bank's or Square's no means, in people's words: what happened, and what to do about it.

`code` is Square's error code of a refused payment, as an operation keeps it; one that is not listed is any decline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Decline:
    """`said` is what happened, `advice` what helps; `another_card` when trying the same one again cannot."""

    said: str | Promise
    advice: str | Promise
    another_card: bool = False


_ANY = Decline(
    _("The bank declined the card."),
    _("Try another card, or ask the bank that issued this one. Nothing was charged."),
)
_CHECK = _("Check what you entered and try again. Nothing was charged.")
_OTHER = _("Use another card. Nothing was charged.")
_BANK = _("The card's holder can ask the bank to allow it, then try again. Or use another card.")
_ASK_AGAIN = _("Enter the card once more. Nothing was charged.")
_LATER = _("Wait a moment, then try again. Nothing was charged.")


def _each(codes: Iterable[str], decline: Decline) -> Iterable[tuple[str, Decline]]:
    return ((code, decline) for code in codes)


DECLINES: Mapping[str, Decline] = MappingProxyType(
    dict(
        (
            *_each(
                ("GENERIC_DECLINE", "CARD_DECLINED", "PAN_FAILURE", "READER_DECLINED", "RESERVATION_DECLINED"),
                _ANY,
            ),
            *_each(
                ("CVV_FAILURE", "VERIFY_CVV_FAILURE"),
                Decline(_("The security code is wrong."), _CHECK),
            ),
            *_each(
                ("ADDRESS_VERIFICATION_FAILURE", "VERIFY_AVS_FAILURE", "INVALID_POSTAL_CODE"),
                Decline(_("The postal code is not the card's."), _CHECK),
            ),
            *_each(
                (
                    "INVALID_EXPIRATION",
                    "INVALID_EXPIRATION_DATE",
                    "INVALID_EXPIRATION_YEAR",
                    "BAD_EXPIRATION",
                    "EXPIRATION_FAILURE",
                ),
                Decline(_("The expiry date is wrong."), _CHECK),
            ),
            ("CARD_EXPIRED", Decline(_("The card has expired."), _OTHER, another_card=True)),
            *_each(
                ("INVALID_CARD", "INVALID_CARD_DATA", "INVALID_ENCRYPTED_CARD"),
                Decline(_("The card's details are not complete, or not right."), _CHECK),
            ),
            ("INSUFFICIENT_FUNDS", Decline(_("There is not enough money on the card."), _OTHER, another_card=True)),
            *_each(
                ("TRANSACTION_LIMIT", "PAYMENT_LIMIT_EXCEEDED", "AMOUNT_TOO_HIGH"),
                Decline(_("The price is above what this card may pay at once."), _BANK),
            ),
            *_each(
                ("CARD_DECLINED_CALL_ISSUER", "VOICE_FAILURE"),
                Decline(_("The bank wants to speak with the card's holder first."), _BANK),
            ),
            *_each(
                ("CARD_DECLINED_VERIFICATION_REQUIRED", "BUYER_REFUSED_PAYMENT"),
                Decline(
                    _("The bank wants the card's holder to confirm the payment."),
                    _("Try again and confirm it when the bank asks. Nothing was charged."),
                ),
            ),
            ("CARD_REMOVED", Decline(_("The card is not kept any more."), _OTHER, another_card=True)),
            *_each(
                ("CARD_NOT_SUPPORTED", "UNSUPPORTED_CARD_BRAND", "UNSUPPORTED_INSTRUMENT_TYPE", "CARD_MISMATCH"),
                Decline(_("This kind of card is not taken."), _OTHER, another_card=True),
            ),
            *_each(
                ("CARD_PRESENCE_REQUIRED", "CHIP_INSERTION_REQUIRED", "MANUALLY_ENTERED_PAYMENT_NOT_SUPPORTED"),
                Decline(_("The bank takes this card only in a card reader."), _OTHER, another_card=True),
            ),
            *_each(
                ("INVALID_ACCOUNT", "ACCOUNT_UNUSABLE", "CARDHOLDER_INSUFFICIENT_PERMISSIONS", "INVALID_PIN"),
                Decline(_("The card cannot pay for this."), _OTHER, another_card=True),
            ),
            *_each(
                ("CARD_TOKEN_USED", "SOURCE_USED", "CARD_TOKEN_EXPIRED", "SOURCE_EXPIRED", "NOT_FOUND"),
                Decline(_("What was entered is no longer good: it works once, and for a day."), _ASK_AGAIN),
            ),
            *_each(
                ("TEMPORARY_ERROR", "RATE_LIMITED", "SERVICE_UNAVAILABLE"),
                Decline(_("The bank could not be reached."), _LATER),
            ),
            *_each(
                ("AUTHORIZATION_LAPSED", "DELAYED_TRANSACTION_EXPIRED", "DELAYED_TRANSACTION_CANCELED"),
                Decline(
                    _("The amount that was reserved on the card was let go by the bank."),
                    _("Nothing was charged. The ride needs another payment."),
                ),
            ),
            (
                "ABANDONED",
                Decline(
                    _("The payment was not finished and was called off."),
                    _("Nothing was charged. Try again."),
                ),
            ),
        )
    )
)


def explain(code: str | None) -> Decline:
    """What this code means. Never fails: an unknown one is a decline like any other."""
    return DECLINES.get(code or "", _ANY)
