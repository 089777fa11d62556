"""The stock Django admin, whole, over facades. docs/facade-admin.md tells how to use it."""

from atlas.facade.admin.columns import document, instant, link_to, money, status_badge
from atlas.facade.admin.filters import DayRangeFilter, IndexFilter
from atlas.facade.admin.inlines import FacadeStackedInline, FacadeTabularInline
from atlas.facade.admin.options import FacadeAdmin
from atlas.facade.admin.search import Way, by_email, by_id, by_prefix, by_reference, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from atlas.facade.admin.site import FacadeAdminSite

__all__ = [
    "DayRangeFilter",
    "FacadeAdmin",
    "FacadeAdminSite",
    "FacadeStackedInline",
    "FacadeTabularInline",
    "IndexFilter",
    "ReasonForm",
    "Way",
    "by_email",
    "by_id",
    "by_prefix",
    "by_reference",
    "by_uuid",
    "document",
    "instant",
    "link_to",
    "money",
    "service_action",
    "status_badge",
]
