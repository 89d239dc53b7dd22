"""Units, officers, grants, shifts and calendars from CSV: read whole, refused whole, repeatable.

Each kind names its columns.  Reading finds every mistake of the file, by row
and column; only a file without one is applied, in one transaction.  What is
already as the file says is left alone, so that the same file twice changes
nothing the second time.
"""

from bluelamp.org.importing.calendars import plan_calendars, plan_closures
from bluelamp.org.importing.people import plan_grants, plan_officers, plan_units
from bluelamp.org.importing.shifts import plan_shifts
from bluelamp.org.importing.table import Plan

__all__ = [
    "Plan",
    "plan_calendars",
    "plan_closures",
    "plan_grants",
    "plan_officers",
    "plan_shifts",
    "plan_units",
]
