"""Reports of a fleet: asked for or scheduled, made by a job from its trips, kept 90 days, mailed to who wants them."""
