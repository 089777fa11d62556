"""What must not be deleted, whatever its time says."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb_attributes import UnicodeEnumAttribute

from accounts.holds.kinds import HoldKind
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail


class LegalHold(Table):
    """Somebody (a court, a lawyer, the tax office) wants this kept: no deletion, no erasure, until it is released.

    - whether something is held: GetItem `id`, several in one BatchGetItem
    """

    class Meta(Schema):
        name = "legal-holds"
        retention = "until it is released"
        personal = True
        trail = Trail(about=lambda hold: hold.about, plain=frozenset({"kind", "reason", "placedBy", "about"}))

    id = UnicodeAttribute(hash_key=True)
    """Of the booking, the user, or a user's profile: whatever may be deleted or emptied asks for its own ids."""
    kind = UnicodeEnumAttribute(HoldKind)
    about = UnicodeAttribute(null=True)
    """The user whom it concerns."""
    reason = UnicodeAttribute()
    placed_by = UnicodeAttribute(attr_name="placedBy", null=True)
    """A staff user; absent for the command line."""
