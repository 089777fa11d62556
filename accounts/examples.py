"""The examples of the OpenAPI document: requests that work as they stand (a test sends them)."""

from atlas.api.schema import request_example

PASSWORD = "a long enough secret"  # noqa: S105 (an example, good nowhere)

REGISTRATION = request_example(
    "A concierge",
    {
        "name": "Ada Byron",
        "email": "ada@example.com",
        "phone": "+12125550123",
        "password": PASSWORD,
        "role": "CONCIERGE",
    },
)
LOGIN = request_example("A user", {"email": "ada@example.com", "password": PASSWORD})
REFRESH = request_example("A refresh token", {"refreshToken": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmVk"})
PASSWORD_CHANGE = request_example(
    "A new password", {"currentPassword": PASSWORD, "newPassword": "an even longer secret"}
)
PROFILE = request_example("Dark pages", {"name": "Ada King", "phone": "+12125550124", "settings": {"darkMode": True}})
PASSWORD_RESET = request_example("Forgotten", {"email": "ada@example.com"})
PASSWORD_RESET_CONFIRM = request_example(
    "A new password",
    {"token": "WyI3ZjNjIiwwXQ:1vNqYx:c2lnbmVkLWJ5LWF0bGFz", "newPassword": "an even longer secret"},
)
EMAIL_CHANGE = request_example("A new address", {"email": "ada.king@example.com", "password": PASSWORD})
