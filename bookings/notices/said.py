"""The form of what a notice says."""

from dataclasses import dataclass

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """`facts` are (label, value) pairs; `link` goes with the words on its button."""

    subject: str
    lead: str
    facts: Facts
    link: str
    link_text: str
    document: str = ""
    """Address of a file to keep, if there is one."""
    document_text: str = ""
