"""The second factor: one-time codes of an authenticator app (TOTP), recovery codes, and the sign-in in two steps.

`docs/adr/0017-second-factor.md` says why it is as it is.
"""
