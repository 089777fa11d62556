"""Cards on file: kept at Square for a payer who agreed to it, used again, removed. Square has the number, not we.

As with payments, whatever is asked of Square is stored with its key before, and finished by `tasks.settle_due_cards`
when nobody came back for it.
"""
