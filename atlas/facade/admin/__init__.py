"""The stock Django admin, whole, over facades. docs/facade-admin.md tells how to use it."""
