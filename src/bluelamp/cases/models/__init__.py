"""Cases and all that hangs on one."""

from bluelamp.cases.models.access import AccessCode, Showing
from bluelamp.cases.models.automatic import CaseAct
from bluelamp.cases.models.briefing import Briefing, BriefingRead
from bluelamp.cases.models.case import Case, CaseItem, IncidentGroup
from bluelamp.cases.models.guidance import Article, ArticleTag, ArticleUse, ArticleVersion
from bluelamp.cases.models.handover import Handover, HandoverCase
from bluelamp.cases.models.judged import Judged
from bluelamp.cases.models.outcome import Outcome
from bluelamp.cases.models.person import Claim, Review, Suggestion
from bluelamp.cases.models.place import CasePlace
from bluelamp.cases.models.promise import Milestone, Target
from bluelamp.cases.models.proposal import IncidentProposal, ProposedCase
from bluelamp.cases.models.round import Round, RoundCase
from bluelamp.cases.models.routing import RoutingRule, RoutingSet
from bluelamp.cases.models.systems import CaseSystem, Link
from bluelamp.cases.models.tags import CaseTag, Tagged
from bluelamp.cases.models.work import Assessment, Note, Reply, Task

__all__ = [
    "AccessCode",
    "Article",
    "ArticleTag",
    "ArticleUse",
    "ArticleVersion",
    "Assessment",
    "Briefing",
    "BriefingRead",
    "Case",
    "CaseAct",
    "CaseItem",
    "CasePlace",
    "CaseSystem",
    "CaseTag",
    "Claim",
    "Handover",
    "HandoverCase",
    "IncidentGroup",
    "IncidentProposal",
    "Judged",
    "Link",
    "Milestone",
    "Note",
    "Outcome",
    "ProposedCase",
    "Reply",
    "Review",
    "Round",
    "RoundCase",
    "RoutingRule",
    "RoutingSet",
    "Showing",
    "Suggestion",
    "Tagged",
    "Target",
    "Task",
]
