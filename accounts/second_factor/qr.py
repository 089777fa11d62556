"""A QR code as SVG in the page itself: no request, no script, nothing that a strict CSP forbids."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, *, label: str) -> SafeString:
    """Dark on light whatever the theme, as cameras want it; the size is the stylesheet's (`.qr-code`)."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        border=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None, omitsize=True, title=label
    )
    return mark_safe(drawn)  # noqa: S308 (segno draws modules and escapes the title)
