"""The console's pages of cases: the queue, a case, answers, handovers, incidents."""
