"""Commands: a member of a fleet, or the driver of a ride, tells a vehicle to do something.

    1 ask       rights, limits, a row in `command-audit`, and the fact that it waits: one transaction   services
    2 send      claim, the VIN at the provider's edge, the provider                                     sending
    3 complete  what it became, by `telemetry.rules.commands.after`                                     sending

No step is the last one by accident: what is not over stands in a sparse due index and is taken up again.
"""
