"""Live views: what happens to a topic reaches every socket that watches it, within milliseconds.

A topic is a name such as `booking:{id}`, `fleet:{organizationId}` or `user:{id}`. Whoever changes something calls
`publish`; Redis carries it once to each web process that has watchers; there the hub hands the same encoded frame
to each socket's mailbox.
"""
