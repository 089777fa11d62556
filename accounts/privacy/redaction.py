"""Taking a person out of what others wrote, and other people out of what a person is shown."""

from collections.abc import Callable
from typing import Any

from accounts.privacy.registry import Subject, everything
from atlas.dynamo.table import Table


def redact(subject: Subject, item: Any, *names: str) -> None:
    """Strike the person from these texts of an item or document; what is not theirs stays as it was written."""
    for name in names:
        text = getattr(item, name)
        if text and (changed := subject.marks.redact(text)) != text:
            setattr(item, name, changed)


def show_without(*names: str) -> Callable[[Subject, Table], dict[str, Any] | None]:
    """The row but for these attributes (DynamoDB's names): they are no use to the person, or another's."""

    def show(subject: Subject, item: Table) -> dict[str, Any] | None:
        return {name: value for name, value in (everything(subject, item) or {}).items() if name not in names}

    return show
