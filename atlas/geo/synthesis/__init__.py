"""How the synthetic demo city is made: seeded, pure Python, the same bytes on every machine.

Everything is laid out in a plane of metres (x east, y north), bent a little so that no line is ruler-straight, and
only then turned into latitude and longitude. `atlas.geo.build_city` runs it and writes the files.
"""
