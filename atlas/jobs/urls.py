"""Links to files of jobs."""

from django.urls import path

from atlas.jobs.views import job_file

urlpatterns = [path("files/<str:token>/", job_file, name="job_file")]
