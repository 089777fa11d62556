"""Who did what to whose data, when, from where and why: append-only, and tampering shows (docs/adr/0014).

    access_log.read(actor=user, resource="booking", of=[(f"bookings:{id}", concierge_id)])   # somebody looked
    access_log.record(Deed.SIGN_IN_FAILED, object=f"users:{id}", subject_id=id)              # something happened
    access_log.add(tx, Deed.SIGN_IN, object=f"users:{id}", subject_id=id, actor=user)        # with what it tells of

Changes of tables with a `Meta.trail` need no call: `changes.keep` hears of them in their own transaction.
"""

from accounts.access_log.deeds import Deed
from accounts.access_log.reading import read
from accounts.access_log.writing import add, record

__all__ = ["Deed", "add", "read", "record"]
