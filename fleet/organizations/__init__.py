"""Organizations: tenants with their members, invitations and settings."""
