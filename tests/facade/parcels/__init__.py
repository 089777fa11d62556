"""An app of the tests: three small tables with facades and admins, for what belongs to no table of Atlas."""
