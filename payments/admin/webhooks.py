"""Square's webhooks as they came, and their replay."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import show_document
from atlas.facade.admin.search import by_id
from atlas.facade.admin.service_action import service_action
from payments import webhooks
from payments.models import WebhookEvent


@admin.register(WebhookEvent)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "handled_at", "created_at")
    list_scan = True
    search_ways = (by_id(),)
    readonly_fields = ("content",)
    fields = ("id", "type", "handled_at", "content", "created_at", "expires_at")
    actions = ("replay",)

    @admin.display(description=gettext_lazy("content"))
    def content(self, event: Any) -> Any:
        """The body, to be read by people."""
        try:
            return show_document(json.loads(event.body))
        except ValueError:
            return event.body

    @service_action(description=gettext_lazy("Handle it again"), permission="replay")
    def replay(self, request: HttpRequest, obj: Any) -> None:
        webhooks.replay(user=current_user(request), event_id=obj.pk)
