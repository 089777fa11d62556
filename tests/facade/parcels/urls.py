"""Atlas as it is, with the admin of parcels in the place of its own."""

from django.urls import path

from atlas import urls
from tests.facade.parcels.admin import site

elsewhere = [each for each in urls.urlpatterns if getattr(each, "app_name", None) != "admin"]
urlpatterns = [path("admin/", site.urls), *elsewhere]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
