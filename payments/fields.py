"""Fields of the wire that only payments have."""

import re
from typing import Any

from atlas.api.fields import Text


class CardToken(Text):
    """What Square's card field gives in the place of a card, or the id of a card that Square keeps."""

    default_error_messages = {
        "token": "Must be a token of Square's, such as cnon:card-nonce-ok. Never a card's number."
    }
    _token = re.compile(r"(cnon|ccof):[A-Za-z0-9_=.-]{1,195}", re.ASCII)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not self._token.fullmatch(value):
            self.fail("token")
        return value
