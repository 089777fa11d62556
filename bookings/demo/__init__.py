"""A company town for `make run`: people, companies, cars, a few hundred rides, and cars that move.

- `cast`: who there is; `stories`: what happened to them, as plain values; `items`: stories as items of the tables;
  `paying`: their payments, at the local sandbox;
- `seed`: writes all of it once; `afterwards`: what is done about money then, through the services;
- `market`, `drive`: the simulator, which goes on from there through the services, too.

Deterministic but for the clock it starts from. Never in production.
"""
