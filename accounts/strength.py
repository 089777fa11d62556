"""What a password must be: Django's validators (`AUTH_PASSWORD_VALIDATORS`) that Django lacks, and the rule in words.

Leaked ones are refused by two shipped lists, Django's (20,000) and zxcvbn's (30,000), together 40,000. zxcvbn also
knows them inside of longer ones, spelt with digits for letters, backwards or along the keyboard, and estimates how many
guesses the whole would take. Nothing is asked of anybody outside.
"""

import re
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from accounts.rules.roles import Role

SHORTEST, SHORTEST_OF_STAFF = 10, 12
GOOD_SCORE = 3
"""Of zxcvbn's 0 to 4: more than a hundred million guesses, each of which costs a quarter of a second of bcrypt."""
LOOKED_AT = 72
"""Characters; zxcvbn's own limit. A password that is good so far is good."""
RULE = gettext_lazy("At least 10 characters (staff: 12), hard to guess, and none that has leaked before.")
"""For help texts and the API's document."""


def shortest(role: Role | None) -> int:
    return SHORTEST_OF_STAFF if role == Role.ADMIN else SHORTEST


class LengthValidator:
    """Django's own knows one length for all."""

    def validate(self, password: str, user: Any = None) -> None:
        least = shortest(getattr(user, "role", None))
        if len(password) < least:
            raise ValidationError(
                _("This password is too short. It must have at least %(least)d characters."),
                code="password_too_short",
                params={"least": least},
            )

    def get_help_text(self) -> str:
        return str(RULE)


class GuessingValidator:
    """Refuses what takes few guesses, and says why. The user's own name and address are guessed first."""

    def validate(self, password: str, user: Any = None) -> None:
        if not password:
            return
        found = zxcvbn(password[:LOOKED_AT], user_inputs=words_of(user))
        if found["score"] < GOOD_SCORE:
            reasons = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
            sentences = [_("This password is easy to guess."), *(_(reason) for reason in reasons if reason)]
            raise ValidationError(" ".join(sentences), code="password_guessable")

    def get_help_text(self) -> str:
        return str(RULE)


def words_of(user: Any) -> list[str]:
    """What somebody who knows the person would try."""
    own = [str(getattr(user, name, "") or "") for name in ("name", "email")]
    words = [[word for word in re.split(r"\W+", text) if word] for text in own]
    return [*own, *map("".join, words), *chain(*words), "atlas"]
