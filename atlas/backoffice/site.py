"""The admin site of Atlas (`django.contrib.admin.site` is this one).

Staff sign in on the portal's own page, second factor included; who is signed in and no staff gets a 403. Whatever a
table, a service or a lookup refuses becomes a page of the back office (`atlas.backoffice.pages`), never a 500.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from atlas.backoffice import groups, pages, panels
from atlas.backoffice.large_actions import ActionsAsJobs
from atlas.errors import Forbidden
from atlas.facade.admin.site import FacadeAdminSite

View = Callable[..., HttpResponseBase]
RECENT = 8
"""The last things that somebody did here, on their overview."""


class AtlasAdminSite(FacadeAdminSite):
    site_title = _("Atlas back office")
    site_header = _("Back office")
    index_title = _("Overview")
    empty_value_display = "\u2013"
    large_actions = ActionsAsJobs()

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Only staff pass; what they ask for and cannot have is a page."""
        stock = super().admin_view(view, cacheable)

        @wraps(stock)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Forbidden
            try:
                response = stock(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response
            except Exception as exception:
                return pages.refuse(request, exception, self.each_context(request))

        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "environment": settings.ATLAS_ENV}

    def index(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> Any:
        """The overview: panels, then every table that this person may see."""
        recent = self.recorder.recent(request, limit=RECENT)
        return super().index(request, {**(extra_context or {}), "panels": panels.render(request), "recent": recent})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables that this person may see, by group; with `app_label` those of one app, as Django has them."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        apps = self._build_app_dict(request).values()
        return groups.grouped((model for app in apps for model in app["models"]), resolve_url("admin:index"))

    def login(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> Any:
        """The portal's sign-in page, and back to where one wanted to go."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        inside = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        back = wanted if inside else resolve_url("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not self.has_permission(request):
            raise Forbidden
        return redirect(back)

    def logout(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> Any:
        """As on the portal."""
        return LogoutView.as_view(next_page=settings.LOGOUT_REDIRECT_URL)(request)

    def password_change(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> Any:
        """One's own account is on the portal, for staff too."""
        return redirect(settings.ACCOUNT_URL)
