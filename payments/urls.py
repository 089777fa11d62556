"""The pages of payments."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("money/", views.money, name="money"),
    path("money/statement/", views.statement, name="statement"),
]
