"""The plain way: the same API as one writes it in an afternoon with PynamoDB, DRF and the Square SDK.

Stock models, stock nested serializers, stock views; one write after the other, no transactions, no history, no stored
keys, no version conditions, no throttles. It does less than Atlas does: it is here to be compared with, not to be used.
"""
