"""What happens when an action is chosen: a page that asks, a bound, the run, the report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from atlas.facade.admin import large
from atlas.facade.admin.running import run, tell
from atlas.facade.admin.selection import IN_REQUEST, MOST, fetch_selected, selected
from atlas.facade.admin.service_action import ServiceAction
from atlas.web import Submission

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object

CONFIRMED = "confirmed"


class RunsActions(Stock):
    """The part of `FacadeAdmin` that runs actions."""

    # What is offered

    def _filter_actions_by_permissions(self, request: HttpRequest, actions: Any) -> Any:
        """Django's hook: service actions by their own right. Its *delete selected* reads relations, ours do not."""
        stock = super()._filter_actions_by_permissions(request, actions)  # type: ignore[misc]
        return [each for each in stock if each[1] != "delete_selected" and self._may_run(request, each[0])]

    def _may_run(self, request: HttpRequest, function: Any) -> bool:
        action = getattr(function, "service_action", None)
        return action is None or action.allowed(self, request)

    def open_actions(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """The buttons on an item's page: what its user may do with it as it stands."""
        actions: Any = self.get_actions(request)
        found = (getattr(function, "service_action", None) for function, _name, _label in actions.values())
        return [
            {"action": each, "label": each.label_for_one(self.model), "url": self._action_url(obj, each)}
            for each in found
            if each is not None and each.allowed(self, request, obj) and each.is_open(obj)
        ]

    def _action_url(self, obj: Any, action: ServiceAction) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_action"
        return reverse(name, args=[quote(str(obj.pk)), action.name], current_app=self.admin_site.name)

    # Above the list

    def run_selected(self, request: HttpRequest) -> HttpResponseBase:
        """A POST to the list: the chosen action for what is ticked."""
        back = HttpResponseRedirect(request.get_full_path())
        name = self._chosen_name(request)
        actions: Any = self.get_actions(request)
        if name not in actions:
            messages.warning(request, _("No action selected."))
            return back
        keys = selected(request)
        if not keys:
            messages.warning(request, _("Tick the items that the action is for. Nothing was changed."))
            return back
        if len(keys) > MOST:
            text = _("%(count)d items are selected; an action takes %(most)d at most. Nothing was changed.")
            messages.error(request, text % {"count": len(keys), "most": MOST})
            return back
        function = actions[name][0]
        action: ServiceAction | None = getattr(function, "service_action", None)
        if action is None:
            return self._run_stock(request, function, keys) or back
        if len(keys) > IN_REQUEST and (problem := large.problem(self, action, len(keys))):
            messages.error(request, problem)
            return back
        return self._ask_or_run(request, action, keys, request.get_full_path())

    @staticmethod
    def _chosen_name(request: HttpRequest) -> str:
        """Of the drop-down beside the button that was pressed: there may be one above and one below the list."""
        names = request.POST.getlist("action")
        index = request.POST.get("index", "0")
        position = int(index) if index.isascii() and index.isdigit() and len(index) < 3 else 0  # noqa: PLR2004
        return names[position] if position < len(names) else ""

    def _run_stock(self, request: HttpRequest, function: Any, keys: Sequence[str]) -> HttpResponseBase | None:
        """An action in Django's own manner gets a queryset."""
        if len(keys) > IN_REQUEST:
            messages.error(request, large.too_many(len(keys)))
            return None
        queryset = self.get_queryset(request).filter(pk__in=list(keys))
        answer = function(self, request, queryset)
        return answer if isinstance(answer, HttpResponseBase) else None

    # On an item's page

    def object_action_view(self, request: HttpRequest, object_id: str, action_name: str) -> HttpResponseBase:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        actions: Any = self.get_actions(request)
        function = actions.get(action_name, (None,))[0]
        action: ServiceAction | None = getattr(function, "service_action", None)
        if action is None or not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        back = self.change_url(obj)
        if not (action.allowed(self, request, obj) and action.is_open(obj)):
            messages.warning(request, _("This is not possible as it stands now."))
            return HttpResponseRedirect(back)
        if request.method != "POST" and not action.asks:
            return HttpResponseRedirect(back)
        return self._ask_or_run(request, action, [str(obj.pk)], back, asked=request.method != "POST")

    def change_url(self, obj: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[quote(str(obj.pk))], current_app=self.admin_site.name)

    # Both

    def _ask_or_run(
        self, request: HttpRequest, action: ServiceAction, keys: Sequence[str], back: str, *, asked: bool = False
    ) -> HttpResponseBase:
        confirmed = CONFIRMED in request.POST and not asked
        form = None
        if action.fields is not None:
            form = action.fields(request.POST, request.FILES) if confirmed else action.fields()
        if action.asks and (not confirmed or (form is not None and not form.is_valid())):
            return self._ask(request, action, keys, form, back)
        values = form.cleaned_data if form is not None else {}
        submission = Submission(request)
        if not submission.begin():
            messages.info(request, _("This was sent already, and is done once."))
            return HttpResponseRedirect(back)
        submission.end(back)
        if len(keys) > IN_REQUEST:
            large.start(self, request, action, keys)
            return HttpResponseRedirect(back)
        tell(request, action.label(self.model), run(self, request, action, keys, values))
        return HttpResponseRedirect(back)

    def _ask(
        self, request: HttpRequest, action: ServiceAction, keys: Sequence[str], form: Any, back: str
    ) -> TemplateResponse:
        """The page between. Names up to a hundred items, with what of them it will refuse."""
        found = fetch_selected(self, request, keys) if len(keys) <= IN_REQUEST else {}
        items = [
            {
                "key": key,
                "obj": found.get(key),
                "url": self.change_url(found[key]) if key in found else None,
                "open": key in found and action.is_open(found[key]) and action.allowed(self, request, found[key]),
            }
            for key in keys[: IN_REQUEST if found else 0]
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": action.label(self.model),
            "opts": self.opts,
            "action": action,
            "form": form,
            "items": items,
            "keys": keys,
            "count": len(keys),
            "in_job": len(keys) > IN_REQUEST,
            "back": back,
            "confirmed_name": CONFIRMED,
            "once": request.POST.get("once") or uuid4().hex,
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media + (form.media if form is not None else type(self.media)()),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/facade/action_confirmation.html", context)
