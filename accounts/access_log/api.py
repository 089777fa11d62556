"""The access log over the API: all of it for staff, and for everybody who looked at their data."""

import json
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, JSONField

from accounts.access_log import selectors
from accounts.access_log.deeds import Deed
from accounts.access_log.tables import AccessEntry
from accounts.permissions import RoleIs
from accounts.rules.roles import Role
from accounts.users import current_user
from atlas.api.fields import Choice, Id, Instant, ListOf, Text
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.serializers import Query, Serializer
from atlas.api.views import View

TAGS = ["Accounts"]


class ReadsAccessLog(RoleIs):
    """Everybody's entries."""

    def __init__(self) -> None:
        super().__init__(Role.ADMIN)


class AccessEntryFilter(Query):
    subject = Id(required=False, help_text="The user whose data it is.")
    actor = Id(required=False, help_text="The user who did it.")
    from_ = Instant(required=False, help_text="At or after.")
    to = Instant(required=False, help_text="At or before.")


class OwnAccessEntrySerializer(Serializer):
    """What somebody else did with one's data."""

    id = Id(read_only=True)
    at = Instant(read_only=True)
    deed = Choice(Deed, read_only=True)
    resource = Text(read_only=True, allow_null=True, help_text="What was shown or done, in a word.")
    actor_role = CharField(read_only=True, help_text="In which part they acted.")
    changed = ListOf(Text(), max_length=None, read_only=True, help_text="Names of what was changed.")


class AccessEntrySerializer(OwnAccessEntrySerializer):
    """One deed: who, what, whose, when, from where, why."""

    object = CharField(read_only=True, help_text="The item: its table, and its id.")
    subject_id = Id(read_only=True, allow_null=True)
    actor_id = Id(read_only=True, allow_null=True, help_text="Null: the platform itself, or who had not signed in.")
    via = CharField(read_only=True, help_text="The request, job or command.")
    request_id = Text(read_only=True, allow_null=True)
    reason = CharField(read_only=True, help_text="Why, where that is asked.")
    ip_address = CharField(read_only=True)
    user_agent = CharField(read_only=True)
    changes = JSONField(read_only=True, help_text="Field -> [before, after]; secrets masked, erased values left out.")


class AccessLog(View):
    permission_classes = (ReadsAccessLog,)

    @extend_schema(
        operation_id="list_access_entries",
        tags=TAGS,
        summary="Who did what to whose data",
        description="Newest first: about somebody (`subject`), by somebody (`actor`), or everything (ADMIN).",
        parameters=[AccessEntryFilter, *PAGE_PARAMETERS],
        responses=page_of(AccessEntrySerializer),
        examples=[
            OpenApiExample(
                "A suspension",
                {
                    "id": "7b0c9df5-2a53-4f5c-8f0e-0a4d2cbb3a61",
                    "at": "2026-11-23T09:30:00Z",
                    "deed": "CHANGED",
                    "resource": None,
                    "actorRole": "ADMIN",
                    "changed": ["status"],
                    "object": "users:0f0cbb5e-5a59-4a0e-9d0a-3b7f6d3f2f10",
                    "subjectId": "0f0cbb5e-5a59-4a0e-9d0a-3b7f6d3f2f10",
                    "actorId": "c2b1a7de-41f7-4a53-8f43-1d2a7f3c9b55",
                    "via": "POST /admin/accounts/user/",
                    "requestId": "4f1c2a9b7d",
                    "reason": "Ticket 4711",
                    "ipAddress": "203.0.113.7",
                    "userAgent": "Firefox",
                    "changes": {"status": ["ACTIVE", "SUSPENDED"]},
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        page = selectors.list_entries(user=current_user(request), **self.paging(), **self.query(AccessEntryFilter))
        return self.page(page.map(full), AccessEntrySerializer)


class OwnAccessLog(View):
    @extend_schema(
        operation_id="my_access_log",
        tags=TAGS,
        summary="Who looked at my data",
        description="What other people saw or changed of your data, newest first. A page may be short without being "
        "the last.",
        parameters=PAGE_PARAMETERS,
        responses=page_of(OwnAccessEntrySerializer),
    )
    def get(self, request: Request) -> Response:
        page = selectors.seen_by_others(user=current_user(request), **self.paging())
        return self.page(page.map(own), OwnAccessEntrySerializer)


def own(entry: AccessEntry) -> dict[str, Any]:
    """As its subject may see it: not who by name, not from where, not why."""
    return {
        "id": entry.id,
        "at": entry.created_at,
        "deed": entry.deed,
        "resource": entry.resource,
        "actor_role": entry.actor_role,
        "changed": sorted({*json.loads(entry.change or "{}"), *(entry.fields or ())}),
    }


def full(entry: AccessEntry) -> dict[str, Any]:
    personal = json.loads(entry.personal or "{}")
    personal.pop("salt", None)
    reason = str(personal.pop("reason", ""))
    whence = json.loads(entry.whence or "{}")
    return {
        **own(entry),
        "object": entry.object_,
        "subject_id": entry.subject_id,
        "actor_id": entry.actor_id,
        "via": entry.via,
        "request_id": entry.request_id,
        "reason": reason,
        "ip_address": whence.get("ip", ""),
        "user_agent": whence.get("agent", ""),
        "changes": {**json.loads(entry.change or "{}"), **personal},
    }
