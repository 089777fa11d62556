"""What counts as the same e-mail address."""

from contextlib import suppress


def normalise_email(address: str) -> str:
    """Lower case, without surrounding space: `Ada@Example.COM` and `ada@example.com` are one account.

    An internationalised domain is compared in its ASCII form (IDNA), so that both spellings are the same.
    """
    local, at, domain = address.strip().lower().rpartition("@")
    with suppress(UnicodeError):  # then it is no domain, and validation says so
        domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"


def claim(address: str) -> str:
    """Key of the guard in `uniques` that makes an address unique."""
    return f"email:{normalise_email(address)}"
