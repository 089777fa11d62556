"""`docs/privacy.md`, written from the registry so that it cannot fall behind (`manage.py privacy docs`)."""

from pathlib import Path

from django.conf import settings

from accounts.privacy.exporting import manifest_entry, retention_of
from accounts.privacy.registry import Holding, Place, holdings, places
from atlas.dynamo.registry import tables

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "privacy.md"
BEGIN = "<!-- Written by `manage.py privacy docs`: change the declarations in each app's `privacy.py`, not this. -->"
END = "<!-- End of what is written by `manage.py privacy docs`. -->"


def render_document() -> str:
    """The document as it stands, with the part between the marks made anew."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_held()}\n{END}{after}"


def _held() -> str:
    lines = ["### Tables", ""]
    for holding in holdings():
        lines += _section(holding, f"`{holding.name}`")
    lines += ["### Elsewhere", ""]
    for place in places():
        lines += _section(place, place.name)
    impersonal = sorted(f"`{table.Meta.name}`" for table in tables() if not table.Meta.personal)
    lines += ["### Tables without personal data", "", ", ".join(impersonal) + ".", ""]
    return "\n".join(lines)


def _section(source: Holding | Place, title: str) -> list[str]:
    entry = manifest_entry(source, 0)
    return [
        f"#### {title}",
        "",
        f"{entry['what']}.",
        "",
        f"- Why: {entry['why']}.",
        f"- How long: {retention_of(source)}.",
        f"- Found by: {source.found_by}.",
        f"- When forgotten: {entry['whenForgotten']}.",
        "",
    ]
