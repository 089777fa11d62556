"""Accounts at manufacturers, by which an organization's vehicles are commanded."""

from pynamodb.attributes import UnicodeAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class OemToken(Table):
    """An organization's tokens at a manufacturer, sealed (`atlas.vault`).

    - the tokens of an organization at one of them: GetItem `organizationId` + `oem`
    """

    class Meta(Schema):
        name = "oem-tokens"
        retention = "until the account is disconnected"

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    oem = UnicodeAttribute(range_key=True)
    sealed_refresh = UnicodeAttribute(attr_name="sealedRefresh")
    """Opens in the context `oem:<organizationId>:<oem>` alone. Each is used once: the answer brings the next."""
    sealed_access = UnicodeAttribute(null=True, attr_name="sealedAccess")
    access_until = InstantAttribute(null=True, attr_name="accessUntil")
    connected_by = UnicodeAttribute(attr_name="connectedBy")
