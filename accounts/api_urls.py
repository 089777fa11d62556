"""The API of accounts, under `/api/v1/`."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="register"),
    path("auth/login", api.LoginView.as_view(), name="login"),
    path("auth/refresh", api.RefreshView.as_view(), name="refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="logout"),
    path("auth/change-password", api.ChangePasswordView.as_view(), name="change_password"),
    path("me", api.MeView.as_view(), name="me"),
    path("me/email", api.EmailView.as_view(), name="me_email"),
    path("me/export", api.ExportView.as_view(), name="me_export"),
]
