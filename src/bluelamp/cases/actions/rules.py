"""Set the force's routing rules, all at once: half a set of rules is another set."""

from __future__ import annotations

from collections.abc import Sequence

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.cases.models import RoutingRule
from bluelamp.cases.rules.routing import Rule
from bluelamp.org.models import Force


def set_rules(force: Force, rules: Sequence[Rule], *, actor: Actor, reason: str = "") -> None:
    """Put these rules in the place of those that hold; the old ones stay, not active."""
    with acting(actor, "cases.routing", reason=reason):
        RoutingRule.objects.filter(force=force, active=True).update(active=False)
        RoutingRule.objects.bulk_create(
            RoutingRule(
                force=force, order=place, name=rule.name, unit_id=rule.unit, skill=rule.skill,
                to_person=rule.to_person,
                when=rule.when.model_dump(mode="json", exclude_defaults=True),
            )
            for place, rule in enumerate(rules, 1)
        )  # fmt: skip
