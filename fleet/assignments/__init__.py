"""Which vehicles are an organization's, and which of its people may see which of them."""
