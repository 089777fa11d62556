"""Examples of the OpenAPI document."""

from atlas.api.schema import request_example

ORGANIZATION = request_example(
    "A name and a zone", {"name": "Harbour Fleet", "settings": {"timezone": "America/New_York", "units": "IMPERIAL"}}
)
ROLE = request_example("A manager", {"role": "manager"})
INVITATION = request_example("A dispatcher", {"email": "nora.lind@example.com", "role": "manager"})
TRANSFER = request_example("To a member", {"userId": "5b8e5a0e-7f5e-4d0c-9c39-6a2f4f0d8c11"})
TOKEN = "q3S0m3-t0k3n-0f-th3-l1nk-1n-th3-l3tt3r"  # noqa: S105 (an example)
ACCEPT = request_example("With the account one has", {"token": TOKEN})
JOIN = request_example("With a new account", {"token": TOKEN, "name": "Nora Lind", "password": "a long enough secret"})
