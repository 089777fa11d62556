"""The shapes of an operator's money on the wire. Integer cents, with the currency beside them."""

from atlas.api.fields import Cents, Choice, Flag, Id, Instant, Integer, LocalDate, Text
from atlas.api.serializers import Serializer
from payments.ledger.kinds import Account
from payments.payouts.tables import PayoutStatus
from payments.statements.asking import Format


class MoneySerializer(Serializer):
    """What is owed in one currency."""

    currency = Text(read_only=True)
    owed = Cents(read_only=True, help_text="In all; below zero after refunds of what was paid out already.")
    operator = Cents(read_only=True, help_text="Of it the operator's own share.")
    drivers = Cents(read_only=True, help_text="Of it the drivers'.")
    suspense = Cents(read_only=True, help_text="Of it what was taken and is not shared yet.")
    unpaid = Cents(read_only=True, help_text="Billed to customers and not paid yet, with tax and fee; held back.")
    payable_operator = Cents(read_only=True, help_text="What may be paid out of the operator's share.")
    payable_drivers = Cents(read_only=True, help_text="What may be paid out of the drivers' share.")


class BalanceSerializer(Serializer):
    operator_id = Id(read_only=True)
    balances = MoneySerializer(many=True, read_only=True)


class MonthSerializer(Serializer):
    """A month in which something was posted."""

    month = Text(read_only=True, help_text="`2026-12`, of UTC.")
    currency = Text(read_only=True)
    opening = Cents(read_only=True, help_text="Owed before it.")
    closing = Cents(read_only=True, help_text="Owed after it.")
    is_over = Flag(read_only=True, help_text="Then there is a statement of it.")


class NewStatementSerializer(Serializer):
    from_ = LocalDate(help_text="First day, of UTC.")
    to = LocalDate(help_text="Last day; it is over.")
    currency = Text(max_length=3, required=False, help_text="Needed only where money of several was taken.")
    format = Choice(Format, required=False, default=Format.PDF)


class PayoutSerializer(Serializer):
    """A transfer to the operator; it counts once it is CONFIRMED."""

    sequence = Integer(read_only=True, help_text="1, 2, ...: per operator.")
    account = Choice(Account, read_only=True, help_text="`operator`, or `driver` for the drivers' share.")
    amount = Cents(read_only=True)
    currency = Text(read_only=True)
    bank_reference = Text(read_only=True)
    value_on = Text(read_only=True, help_text="The bank's date.")
    status = Choice(PayoutStatus, read_only=True)
    created_at = Instant(read_only=True)
