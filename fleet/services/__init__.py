"""Every write of the fleet."""

from fleet.services.duty import begin_ride, book_time, commitments_of, end_ride, free_time
from fleet.services.fitness import check_fit

__all__ = ["begin_ride", "book_time", "check_fit", "commitments_of", "end_ride", "free_time"]
