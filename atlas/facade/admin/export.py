"""The list as a file: all items of its filter or search, streamed page by page, never more than one page in memory."""

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from asgiref.sync import sync_to_async
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from atlas.facade.admin.changelist import UNREAD, FacadeChangeList
from atlas.facade.admin.listing import CleanList
from atlas.facade.admin.recorder import MASK
from atlas.facade.admin.recording import jsonable
from atlas.facade.errors import Refused

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object


PAGE = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""

Row = list[Any]


class Exports(Stock):
    exportable: ClassVar[bool] = True
    """Who has the right `export` may."""
    personal_fields: ClassVar[tuple[str, ...]] = ()
    """Masked in exports, except for who has the right `export_personal`."""
    secret_fields: ClassVar[tuple[str, ...]] = ()

    def export_url(self, request: HttpRequest, changelist: FacadeChangeList) -> str | None:
        """Where to post for this list's file; None without the right."""
        if not self._may_export(request):
            return None
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_export"
        address = reverse(name, current_app=self.admin_site.name)
        return f"{address}?{changelist.kept_query}" if changelist.kept_query else address

    def _may_export(self, request: HttpRequest) -> bool:
        return self.exportable and self.has_view_permission(request) and self.may(request, "export")  # type: ignore[attr-defined]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """POST, `format` is csv or jsonl; the filters are those of the address."""
        if not self._may_export(request):
            raise PermissionDenied
        clean = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist", current_app=self.admin_site.name
        )
        writer = WRITERS.get(request.POST.get("format", ""))
        if request.method != "POST" or writer is None:
            return HttpResponseRedirect(clean)
        setattr(request, UNREAD, True)
        try:
            changelist: FacadeChangeList = self.get_changelist_instance(request)  # type: ignore[assignment]
            pages = self._pages(request, changelist)
            first = next(pages)
        except (CleanList, Refused) as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(clean)
        unmasked = self.may(request, "export_personal")  # type: ignore[attr-defined]
        query = {name: value for name, value in request.GET.items() if value}
        self.recorder.record_export(  # type: ignore[attr-defined]
            request, self.model, format=request.POST["format"], query=query, unmasked=unmasked
        )
        masked = {*self.secret_fields, *(() if unmasked else self.personal_fields)}
        fields = [each for each in self.opts.concrete_fields if each.name in self.export_fields(request)]
        return _answer(request, writer(fields, masked), first, pages, self._file_name(writer))

    def export_fields(self, request: HttpRequest) -> Sequence[str]:
        """In the table's order; secrets are left out."""
        return [each.name for each in self.opts.concrete_fields if each.name not in self.secret_fields]

    def _pages(self, request: HttpRequest, changelist: FacadeChangeList) -> Iterator[Sequence[Any]]:
        """One read each. Raises `Refused` before the first where the list cannot be read as a whole."""
        queryset: Any = changelist.queryset
        if changelist.query:
            yield list(queryset)
            return
        plain = not changelist.has_active_filters and not changelist.get_filters_params()
        cursor: str | None = None
        while True:
            page = queryset.read_page(PAGE, cursor, scan=plain and self.list_scan, scope="export")  # type: ignore[attr-defined]
            yield page.items
            cursor = page.next
            if not cursor:
                return

    def _file_name(self, writer: "type[Writer]") -> str:
        return f"{self.opts.model_name}-{timezone.localdate().isoformat()}.{writer.suffix}"


class Writer:
    """Rows as text."""

    suffix: ClassVar[str]
    content_type: ClassVar[str]

    def __init__(self, fields: Sequence[Any], masked: set[str]) -> None:
        self.fields = fields
        self.masked = masked

    def head(self) -> str:
        return ""

    def lines(self, items: Sequence[Any]) -> str:
        raise NotImplementedError

    def values(self, item: Any) -> Row:
        return [MASK if each.name in self.masked else each.value_from_object(item) for each in self.fields]


class CsvWriter(Writer):
    """For spreadsheets: with a byte order mark, instants in UTC, documents as JSON, no cell a formula."""

    suffix, content_type = "csv", "text/csv; charset=utf-8"

    def head(self) -> str:
        return "\ufeff" + self._written([[each.attname for each in self.fields]])

    def lines(self, items: Sequence[Any]) -> str:
        return self._written([[cell(value) for value in self.values(item)] for item in items])

    @staticmethod
    def _written(rows: list[Row]) -> str:
        written: list[str] = []
        csv.writer(_Lines(written)).writerows(rows)
        return "".join(written)


class _Lines:
    """What `csv` writes to."""

    def __init__(self, written: list[str]) -> None:
        self.write: Callable[[str], Any] = written.append


class JsonLinesWriter(Writer):
    """One object per line, under the names of the fields."""

    suffix, content_type = "jsonl", "application/jsonl; charset=utf-8"

    def lines(self, items: Sequence[Any]) -> str:
        names = [each.attname for each in self.fields]
        rows = (dict(zip(names, map(jsonable, self.values(item)), strict=True)) for item in items)
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


WRITERS: dict[str, type[Writer]] = {"csv": CsvWriter, "jsonl": JsonLinesWriter}


def cell(value: Any) -> Any:
    """A value for a spreadsheet: text that would be a formula is quoted."""
    plain = value.isoformat() if isinstance(value, date) else jsonable(value)
    if isinstance(plain, dict | list):
        plain = json.dumps(plain, ensure_ascii=False)
    if isinstance(plain, str) and plain.startswith(FORMULA):
        return f"'{plain}"
    return plain


def _answer(
    request: HttpRequest, writer: Writer, first: Sequence[Any], pages: Iterator[Sequence[Any]], file_name: str
) -> StreamingHttpResponse:
    """Under ASGI Django would collect a plain iterator before it sends anything: there it gets an asynchronous one."""

    def parts() -> Iterator[str]:
        yield writer.head() + writer.lines(first)
        yield from (writer.lines(items) for items in pages)

    async def asynchronous() -> AsyncIterator[str]:
        iterator = parts()

        def following() -> str | None:
            return next(iterator, None)

        while (part := await sync_to_async(following, thread_sensitive=False)()) is not None:
            yield part

    streamed: Any = asynchronous() if isinstance(request, ASGIRequest) else parts()
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(streamed, content_type=writer.content_type, headers=headers)
