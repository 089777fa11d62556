"""What the store must look like, what it looks like, and the way from one to the other (`manage.py tables`)."""
