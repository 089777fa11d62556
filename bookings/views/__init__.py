"""The pages of bookings: parse, call, render."""
