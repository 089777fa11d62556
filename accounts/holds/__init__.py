"""Legal holds: what a hold names is neither deleted nor emptied of people until the hold is released.

`asking`: whether something is held, and that it stays unheld in a transaction. `placing`: by staff, with a reason.
"""
