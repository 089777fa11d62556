"""Pages of the back office that ask for something: a form, and what comes of it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from atlas.errors import AtlasError
from atlas.web import sentence

TEMPLATE = "admin/payments/ask.html"


def refuse(form: forms.Form, error: AtlasError) -> None:
    """What a service refused stands above the form."""
    form.add_error(None, sentence(error))


def ask(
    request: HttpRequest,
    model_admin: Any,
    form: forms.Form,
    *,
    title: str,
    text: str,
    template: str = TEMPLATE,
    **more: Any,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "text": text,
        "opts": model_admin.opts,
        "form": form,
        **more,
    }
    return TemplateResponse(request, template, context, status=400 if form.errors else 200)
