"""Compose, check, approve, schedule, fanout, deliver, receipts; amend and recall."""
