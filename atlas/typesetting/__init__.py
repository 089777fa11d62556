"""Documents as PDF, set by Typst in fonts of our own: receipts, statements."""

from atlas.typesetting.setting import CONTENT_TYPE, typeset
from atlas.typesetting.text import printable

__all__ = ["CONTENT_TYPE", "printable", "typeset"]
