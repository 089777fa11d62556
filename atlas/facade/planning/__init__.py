"""From Django's WHERE tree to one explicit access plan."""
