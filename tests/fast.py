"""What tests make cheaper without making it different."""

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class QuickBCrypt(BCryptSHA256PasswordHasher):
    """bcrypt with 4 rounds instead of 12: the same code, a two-hundredth of the time."""

    rounds = 4
