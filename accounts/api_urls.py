"""The API of accounts, under `/api/v1/`."""

from django.urls import path

from accounts import access_api, api, jobs_api
from accounts.access_log import api as access_log
from accounts.privacy import api as privacy
from accounts.second_factor import api as second_factor

urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="register"),
    path("auth/login", api.LoginView.as_view(), name="login"),
    path("auth/second-factor", second_factor.SecondStepView.as_view(), name="second_step"),
    path("auth/refresh", api.RefreshView.as_view(), name="refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="logout"),
    path("auth/change-password", api.ChangePasswordView.as_view(), name="change_password"),
    path("auth/password-reset", access_api.PasswordResetView.as_view(), name="password_reset"),
    path("auth/password-reset/confirm", access_api.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("me", api.MeView.as_view(), name="me"),
    path("me/email", api.EmailView.as_view(), name="me_email"),
    path("me/second-factor", second_factor.SecondFactorView.as_view(), name="second_factor"),
    path("me/second-factor/confirm", second_factor.ConfirmView.as_view(), name="second_factor_confirm"),
    path("me/second-factor/recovery-codes", second_factor.RecoveryCodesView.as_view(), name="recovery_codes"),
    path("me/sessions", access_api.SessionsView.as_view(), name="sessions"),
    path("me/sessions/revoke-others", access_api.OtherSessionsView.as_view(), name="other_sessions"),
    path("me/sessions/<uuid:session_id>", access_api.SessionView.as_view(), name="session"),
    path("jobs/<uuid:job_id>", jobs_api.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel", jobs_api.CancelJobView.as_view(), name="cancel_job"),
    path("me/access-log", access_log.OwnAccessLog.as_view(), name="my_access_log"),
    path("access-log", access_log.AccessLog.as_view(), name="access_log"),
    path("me/export", privacy.ExportView.as_view(), name="me_export"),
]
