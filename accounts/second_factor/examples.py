"""The examples of the OpenAPI document (a test sends them, with a challenge and codes of its own)."""

from accounts.examples import PASSWORD
from atlas.api.schema import request_example

ONE_TIME = "492039"

PASSWORD_ONLY = request_example("With the password", {"password": PASSWORD})
CODE = request_example("Of the app", {"code": ONE_TIME})
PASSWORD_AND_CODE = request_example("With both", {"password": PASSWORD, "code": ONE_TIME})
SECOND_STEP = request_example(
    "With a code of the app", {"challenge": "WyI3ZjNjIiwwXQ:1vNqYx:c2lnbmVkLWJ5LWF0bGFz", "code": ONE_TIME}
)
