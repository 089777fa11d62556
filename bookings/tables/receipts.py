"""The register of receipts, invoices and credit notes: facts for the books."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb_attributes import IntegerAttribute

from atlas.dynamo.table import TEN_YEARS, Schema, Table


class ReceiptNumber(Table):
    """The number of a receipt, an invoice or a credit note, given once: written with what it is of, and never changed
    or deleted before its time. The newest row of a series is its counter: the next one must not exist yet.

    - the next number of an operator's year, or all of them for an audit: Query `series`, by `sequence`
    """

    class Meta(Schema):
        name = "receipts"
        retention = "10 years, as the transactions"
        kept_for = TEN_YEARS

    series = UnicodeAttribute(hash_key=True)
    """`<operator id>/<year>`, with `/I` of invoices, `/C` of credit notes."""
    sequence = IntegerAttribute(range_key=True)
    """1, 2, 3, ... without a gap."""
    number = UnicodeAttribute()
    """`7K3M9Q-2026-000123`."""
    booking_id = UnicodeAttribute(attr_name="bookingId")
