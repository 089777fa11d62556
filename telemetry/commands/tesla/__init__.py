"""Tesla: its signing proxy, which holds the private key, and the accounts that let us command vehicles."""
