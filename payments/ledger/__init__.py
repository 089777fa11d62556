"""The books: double entry, append-only, in cents that sum to zero (docs/adr/0024-ledger.md).

Nobody calls the ledger. A payment that is saved, by whoever, posts what its new state implies and its books do not say
yet, in the same transaction (`PaymentTransaction.accompany` -> `posting.post`). So a posting cannot be forgotten, and
cannot be there without the state that it tells of.

`sharing` says who gets what of an amount, `standing` what accounts a payment amounts to, `entries` which postings lead
there; `balances` keeps the sums. All pure, but for `posting` and `balances`.
"""
