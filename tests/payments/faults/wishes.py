"""What people asked for, whatever came of it: nothing may be found that nobody asked for."""

from dataclasses import dataclass, field


@dataclass
class Wishes:
    """Of one run. Bookings and payments by their ids, money in cents."""

    captures: dict[str, set[int]] = field(default_factory=dict)
    """By payment: what staff wanted to be taken."""
    clicks: list[tuple[str, int, str]] = field(default_factory=list)
    """Refunds by staff: the payment, how much, and the reason that names the click."""
    touched: set[str] = field(default_factory=set)
    """Bookings whose money staff moved by hand."""
    limits: dict[str, int] = field(default_factory=dict)
    """By booking: extras that its concierge agreed to before."""
    approved: dict[str, set[int]] = field(default_factory=dict)
    """By booking: extras that its concierge agreed to after the ride."""
    tips: dict[str, set[int]] = field(default_factory=dict)
    """By booking: what its concierge wanted to give."""
    disputed: bool = False
    """Whether a card's holder wanted money back."""
    references: int = 0
    """Bank transfers so far: each has a reference of its own."""
    credit: int = 0
    """What the concierge may owe at a time."""
