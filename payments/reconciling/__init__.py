"""Square's books beside ours: every difference found, kept and mended (docs/adr/0021-reconciliation.md).

`walking` goes through a period, `looking` sees both sides of one payment, `comparing` says what differs and what would
put it right, `keeping` makes it a row, `mending` carries it out, `report` tells.
"""
