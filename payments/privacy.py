"""What payments hold about people. The rows of a payment are found through its booking (`bookings.privacy`)."""

from collections.abc import Iterator

from accounts.privacy.registry import Holding, Part, Subject
from payments.billing.rules import BillingStatus
from payments.billing.tables import BillingAccount
from payments.cards.forgetting import delete_at_square, forget_card, forget_payer, save_forgotten
from payments.cards.tables import Payer, SavedCard
from payments.ledger.tables import LedgerPosting
from payments.payouts.tables import Payout
from payments.reconciling.tables import PaymentDifference
from payments.tables import WebhookEvent


def _payer(subject: Subject) -> Iterator[Payer]:
    found = Payer.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _cards(subject: Subject) -> Iterator[SavedCard]:
    yield from SavedCard.payer_index.query(subject.user_id)


def _account(subject: Subject) -> Iterator[BillingAccount]:
    found = BillingAccount.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _forget_account(_: Subject, account: BillingAccount) -> None:
    """Nothing more is lent; what was invoiced says itself to whom."""
    account.status = BillingStatus.SUSPENDED
    account.company_name = account.address = account.email = "-"
    account.tax_number = account.reason = None


def _none(_: Subject) -> Iterator[WebhookEvent]:
    """Nothing in it says whose it is: what could is struck before it is stored."""
    return iter(())


def _no_difference(_: Subject) -> Iterator[PaymentDifference]:
    """It names payments, and staff by their id."""
    return iter(())


def _no_posting(_: Subject) -> Iterator[LedgerPosting]:
    """It names payments, companies, and staff by their id."""
    return iter(())


def _no_payout(_: Subject) -> Iterator[Payout]:
    """It names companies, and staff by their id."""
    return iter(())


PART = Part(
    holdings=(
        Holding(
            table=Payer,
            what="That the person pays, and the number under which the payment provider keeps their cards",
            why="To pay for rides with a card that is kept (consent)",
            found_by="GetItem `id` = the user's id",
            erased="The customer is deleted at the payment provider, with the cards; the number is emptied here",
            find=_payer,
            forget=forget_payer,
            write=delete_at_square,
            secret=frozenset({"customerKey"}),
        ),
        Holding(
            table=BillingAccount,
            what="Company, address and e-mail that invoices go to, days to pay, credit limit, who decided it and why",
            why="To pay for rides after they were driven (contract)",
            found_by="GetItem `id` = the user's id",
            erased="Company, address, e-mail and tax number emptied, nothing more is lent; issued invoices are kept",
            find=_account,
            forget=_forget_account,
        ),
        Holding(
            table=SavedCard,
            what="Brand, last four digits and expiry of a card that is kept, and the consent to keep it",
            why="To pay for rides with a card that is kept (consent), and to prove that consent (law, card schemes)",
            found_by="`payer-index`, `payerId` = the user's id",
            erased="Brand, digits, expiry and the provider's ids emptied; the consent stays for 10 years",
            find=_cards,
            forget=forget_card,
            write=save_forgotten,
            secret=frozenset({"sourceId", "saveKey"}),
        ),
        Holding(
            table=WebhookEvent,
            what="The payment provider's news of a payment: ids, amounts, brand and last four digits of the card",
            why="To follow a payment to its end (contract)",
            found_by="Nothing: names, addresses and e-mail are struck before it is stored (`payments.rules.striking`)",
            erased="Ends by itself after 90 days; it names nobody",
            find=_none,
        ),
        Holding(
            table=PaymentDifference,
            what="Where the provider's books and ours differed: ids, amounts, which staff user settled it and why",
            why="Proof that the books are right (law)",
            found_by="Nothing: it names payments and staff by their ids",
            erased="Kept for 10 years, as the transactions that it tells of",
            find=_no_difference,
        ),
        Holding(
            table=LedgerPosting,
            what="The books: who gets what of a payment, in cents; why it was refunded, as whoever did it said",
            why="Proof that the books are right, and of what is owed to companies and tax offices (law)",
            found_by="Nothing: it names payments, companies and staff by their ids",
            erased="Kept for 10 years, as the transactions that it tells of; a posting is never changed",
            find=_no_posting,
        ),
        Holding(
            table=Payout,
            what="Transfers to companies: cents, the bank's reference, which staff users recorded and confirmed them",
            why="Proof of what was paid to whom (law)",
            found_by="Nothing: it names companies and staff by their ids",
            erased="Kept for 10 years, as the books that it is part of",
            find=_no_payout,
        ),
    ),
)
