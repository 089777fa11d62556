"""Reads the fields of a request body, refusing what Square would refuse with the same codes."""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from .errors import SquareError

_CURRENCY = re.compile(r"[A-Z]{3}")
_MAX_AMOUNT = 2**53 - 1  # what every JSON reader keeps exact
_MISSING = "MISSING_REQUIRED_PARAMETER"


class Money(NamedTuple):
    """Smallest units of the currency (cents)."""

    amount: int
    currency: str

    def as_json(self) -> dict[str, Any]:
        return {"amount": self.amount, "currency": self.currency}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Money":
        return cls(value["amount"], value["currency"])


class Fields:
    """A JSON object with its place in the request. ``null`` counts as absent, as in Square."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        known: Collection[str],
        unsupported: Collection[str] = (),
        prefix: str = "",
    ) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._prefix = prefix
        for name in self._values:
            if name in unsupported:
                raise self._refuse(name, "SANDBOX_NOT_SUPPORTED", "The local sandbox does not support this field.")
            if name not in known:
                raise self._refuse(name, "UNKNOWN_BODY_PARAMETER", "This field is not part of the request.")

    def text(self, name: str, *, longest: int, shortest: int = 1) -> str | None:
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._refuse(name, "EXPECTED_STRING", "Expected a string value.")
        if len(value) < shortest:
            raise self._refuse(name, "VALUE_TOO_SHORT", f"Field must not be less than {shortest} in length")
        if len(value) > longest:
            raise self._refuse(name, "VALUE_TOO_LONG", f"Field must not be greater than {longest} in length")
        return value

    def required_text(self, name: str, *, longest: int) -> str:
        value = self.text(name, longest=longest)
        if value is None:
            raise self._refuse(name, _MISSING, "Missing required parameter.")
        return value

    def choice(self, name: str, allowed: Collection[str], *, default: str) -> str:
        value = self.text(name, longest=100)
        if value is not None and value not in allowed:
            raise self._refuse(name, "INVALID_ENUM_VALUE", f"`{value}` is not one of {', '.join(sorted(allowed))}.")
        return value or default

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, "EXPECTED_BOOLEAN", "Expected a boolean value.")
        return value

    def integer(self, name: str, *, default: int, lowest: int, highest: int) -> int:
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._refuse(name, "EXPECTED_INTEGER", "Expected an integer value.")
        if value < lowest:
            raise self._refuse(name, "VALUE_TOO_LOW", f"Field must be greater than or equal to {lowest}")
        if value > highest:
            raise self._refuse(name, "VALUE_TOO_HIGH", f"Field must be less than or equal to {highest}")
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._refuse(name, "EXPECTED_OBJECT", "Expected an object value.")
        return value

    def money(self, name: str, *, currency: str, lowest: int = 0) -> Money | None:
        """An amount in the merchant's currency."""
        value = self.mapping(name)
        if value is None:
            return None
        inner = Fields(value, known={"amount", "currency"}, prefix=f"{self._prefix}{name}.")
        if "amount" not in inner._values:
            raise inner._refuse("amount", _MISSING, "Missing required parameter.")
        code = inner.required_text("currency", longest=3)
        if not _CURRENCY.fullmatch(code):
            raise inner._refuse("currency", "INVALID_ENUM_VALUE", f"`{code}` is not a currency code.")
        if code != currency:
            detail = f"This merchant can only process payments in {currency}, but amount was provided in {code}."
            raise inner._refuse("currency", "INVALID_VALUE", detail)
        return Money(inner.integer("amount", default=0, lowest=lowest, highest=_MAX_AMOUNT), code)

    def required_money(self, name: str, *, currency: str, lowest: int = 0) -> Money:
        value = self.money(name, currency=currency, lowest=lowest)
        if value is None:
            raise self._refuse(name, _MISSING, "Missing required parameter.")
        return value

    def _refuse(self, name: str, code: str, detail: str) -> SquareError:
        return SquareError(code, detail, field=f"{self._prefix}{name}")
