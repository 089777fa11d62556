"""Splits of what comes beside the ride itself."""

from payments.ledger.documents import Split
from payments.ledger.sharing import share


def of_tip(amount: int) -> Split:
    """All of it is the driver's: no fee and no tax is taken from a tip."""
    return Split(subtotal=amount, tax=0, platform_fee=0, driver_payout=amount)


def in_proportion(split: Split, amount: int) -> Split:
    """`amount` cents more of the same: waiting time and extra hours are taxed and shared as the ride is."""
    shares = share(split, amount)
    return Split(
        subtotal=amount - shares.tax - shares.fee,
        tax=shares.tax,
        tax_rate=split.tax_rate,
        jurisdiction=split.jurisdiction,
        platform_fee=shares.fee,
        driver_payout=shares.driver,
    )
