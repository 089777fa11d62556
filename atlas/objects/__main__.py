"""`python -m atlas.objects`: `manage.py objects apply` without all of Atlas around it; `make run` is in a hurry."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

from atlas.objects import bucket

if __name__ == "__main__":
    for line in bucket.apply():
        print(line)  # noqa: T201 - what it did
