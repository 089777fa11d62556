"""A Django database engine that has no database: it opens nothing, `atomic()` passes, any SQL is refused by name.

Django wants *a* connection for `transaction.atomic`, `on_commit`, checks and the test runner. Atlas keeps its data in
DynamoDB, where `atlas.dynamo.transaction` is the transaction (docs/adr/0002).
"""
