"""Cases and all that hangs on one."""

from bluelamp.cases.models.case import Case, CaseItem, IncidentGroup
from bluelamp.cases.models.handover import Handover, HandoverCase
from bluelamp.cases.models.promise import Milestone, Target
from bluelamp.cases.models.routing import RoutingRule
from bluelamp.cases.models.systems import CaseSystem, Link
from bluelamp.cases.models.work import Assessment, Note, Reply, Task

__all__ = [
    "Assessment",
    "Case",
    "CaseItem",
    "CaseSystem",
    "Handover",
    "HandoverCase",
    "IncidentGroup",
    "Link",
    "Milestone",
    "Note",
    "Reply",
    "RoutingRule",
    "Target",
    "Task",
]
