"""Forms of the booking pages. What is allowed is decided by the API's serializers and by the services."""
