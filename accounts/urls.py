"""The pages of accounts."""

from django.urls import path

from accounts import access_views, jobs_views, views
from accounts.access_log import views as access_log
from accounts.privacy import views as privacy
from accounts.second_factor import views as second_factor

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", second_factor.code, name="second_step"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("account/", views.profile, name="profile"),
    path("account/password/", views.password, name="password"),
    path("account/second-factor/", second_factor.overview, name="second_factor"),
    path("account/second-factor/begin/", second_factor.begin, name="second_factor_begin"),
    path("account/second-factor/setup/", second_factor.setup, name="second_factor_setup"),
    path("account/second-factor/recovery-codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("account/second-factor/off/", second_factor.switch_off, name="second_factor_off"),
    path("account/sessions/", access_views.sessions, name="sessions"),
    path("account/sessions/others/", access_views.end_others, name="end_other_sessions"),
    path("account/sessions/<uuid:session_id>/end/", access_views.end, name="end_session"),
    path("account/access/", access_log.access, name="access"),
    path("account/privacy/", privacy.overview, name="privacy"),
    path("account/privacy/export/", privacy.start_export, name="start_export"),
    path("account/privacy/delete/", privacy.delete, name="delete_account"),
    path("account/jobs/<uuid:job_id>/", jobs_views.job, name="job"),
    path("account/jobs/<uuid:job_id>/cancel/", jobs_views.cancel_job, name="cancel_job"),
    path("account/jobs/<uuid:job_id>/file/", jobs_views.job_file, name="job_file"),
    path("password-reset/", access_views.password_reset, name="password_reset"),
    path("password-reset/confirm/", access_views.password_reset_confirm, name="password_reset_confirm"),
]
