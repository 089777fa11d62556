"""Bookings after two years: in files of the object store, a small row left behind (docs/retention.md).

`walking` finds what is old enough, `storing` moves it file by file, `files` is the format, `record` what a line holds,
`restoring` gets one back to be read, `purging` ends it after seven years.
"""
