"""Cards at a real sandbox."""
