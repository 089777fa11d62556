"""Rides on account: approved concierges pay by invoice or bank transfer, after the ride (docs/adr/0029).

`accounts` says who may and up to how much, `credit` keeps what is left of it in step with every payment that is saved,
`opening` begins a payment, `issuing` asks for it, `following` sees it paid, reminded of or called off, `wires` is money
that comes and goes by bank: recorded by one of finance, confirmed by another.
"""
