"""A force's routing rules, set all at once: half a set of rules is another set.

People work on one draft, which everybody sees.  Each change names the version that its
maker saw, so that nobody overwrites another; a draft holds only after it was tried as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.errors import CaseRefusedError, ChangedMeanwhileError
from bluelamp.cases.models import RoutingRule, RoutingSet
from bluelamp.cases.queries.desk import rules_of as holding_rules
from bluelamp.cases.rules import ruleset
from bluelamp.cases.rules.routing import Rule
from bluelamp.cases.rules.ruleset import Lines
from bluelamp.cases.values import SetState
from bluelamp.kit import clock
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


def set_rules(force: Force, rules: Sequence[Rule], *, actor: Actor, reason: str = "") -> None:
    """Put these rules in the place of those that hold; the old ones stay, not active."""
    with acting(actor, "cases.routing", reason=reason):
        _hold(force, ruleset.of_rules(rules), actor=actor, reason=reason, now=clock.now())


# --- the draft ---


def begin(force: Force, *, by: By, now: datetime, again: RoutingSet | None = None) -> RoutingSet:
    """Begin a draft: what holds now, or what held before and is to be put back.

    :raises CaseRefusedError: there is a draft already.
    """
    actor = permit.answering(by, Acts.ROUTING_MANAGE, force)
    with acting(actor, "cases.draft_rules"):
        Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        there = RoutingSet.objects.filter(force=force, state=SetState.DRAFT).first()
        if there is not None:
            raise CaseRefusedError(
                _("%(who)s has a draft already. Go on with it, or throw it away first."),
                who=there.changed_by,
            )
        base = _recorded(force, now)
        return RoutingSet.objects.create(
            force=force, state=SetState.DRAFT, lines=(again or base).lines, base=base,
            begun_at=now, changed_by=actor.label, changed_at=now,
        )  # fmt: skip


def change(
    draft: RoutingSet, version: int, how: Callable[[Lines], Lines], *, by: By, now: datetime
) -> RoutingSet:
    """Change a draft.

    :param version: what the officer saw.
    :raises ChangedMeanwhileError: somebody has changed it since.
    """
    actor = permit.answering(by, Acts.ROUTING_MANAGE, draft)
    with acting(actor, "cases.draft_rules"):
        found = _seen(draft, version)
        found.lines = ruleset.stored(how(ruleset.read(found.lines)))
        found.version, found.changed_by, found.changed_at = version + 1, actor.label, now
        found.save(update_fields=["lines", "version", "changed_by", "changed_at"])
    return found


def keep_trial(draft: RoutingSet, tried: dict[str, Any], *, by: By) -> None:
    """Keep what a trial of a draft found, unless the draft was changed meanwhile."""
    actor = permit.answering(by, Acts.ROUTING_MANAGE, draft)
    with acting(actor, "cases.try_rules"):
        same = RoutingSet.objects.filter(pk=draft.pk, state=SetState.DRAFT, version=draft.version)
        same.update(tried=tried)


def throw_away(draft: RoutingSet, version: int, *, by: By) -> None:
    """Throw a draft away.

    :raises ChangedMeanwhileError: somebody has changed it since.
    """
    actor = permit.answering(by, Acts.ROUTING_MANAGE, draft)
    with acting(actor, "cases.draft_rules"):
        _seen(draft, version).delete()


def put_in_force(
    draft: RoutingSet, version: int, *, reason: str, by: By, now: datetime
) -> RoutingSet:
    """Let a draft hold in the place of what does.

    :raises ChangedMeanwhileError: it was changed, or other rules hold than when it was begun.
    :raises CaseRefusedError: it was not tried as it is now.
    """
    actor = permit.answering(by, Acts.ROUTING_MANAGE, draft)
    with acting(actor, "cases.routing", reason=reason):
        force = Force.objects.select_for_update(no_key=True).get(pk=draft.force_id)
        found = _seen(draft, version)
        if found.tried.get("version") != version:
            raise CaseRefusedError(_("Try the draft as it is now, then put it in force."))
        _same_base(found, _recorded(force, now))
        found.delete()
        return _hold(force, ruleset.read(found.lines), actor=actor, reason=reason, now=now)


def _seen(draft: RoutingSet, version: int) -> RoutingSet:
    """Lock a draft as the officer saw it."""
    found = RoutingSet.objects.select_for_update().filter(pk=draft.pk, state=SetState.DRAFT).first()
    if found is None:
        raise ChangedMeanwhileError(
            _("This draft is gone: it was put in force or thrown away meanwhile.")
        )
    if found.version != version:
        raise meanwhile(found.changed_by, found.changed_at)
    return found


def _same_base(draft: RoutingSet, holding: RoutingSet) -> None:
    base = draft.base
    if base is None or base.pk != holding.pk:
        raise ChangedMeanwhileError(
            _("%(who)s has put other rules in force since this draft was begun. Compare them,"
              " throw this draft away and begin a new one."),
            who=holding.changed_by,
        )  # fmt: skip


# --- what holds ---


def _recorded(force: Force, now: datetime) -> RoutingSet:
    """Return the set that holds; rules that were never set as one become one."""
    found = RoutingSet.objects.filter(force=force, state=SetState.HOLDS).first()
    if found is not None:
        return found
    lines = ruleset.of_rules(holding_rules(force.pk))
    return RoutingSet.objects.create(
        force=force, state=SetState.HOLDS, lines=ruleset.stored(lines), begun_at=now,
        changed_by="", changed_at=now,
    )  # fmt: skip


def _hold(force: Force, lines: Lines, *, actor: Actor, reason: str, now: datetime) -> RoutingSet:
    """Put lines in the place of what holds; inside ``acting``."""
    before = _recorded(force, now)
    before.state, before.held_until = SetState.HELD, now
    before.save(update_fields=["state", "held_until"])
    RoutingRule.objects.filter(force=force, active=True).update(active=False)
    RoutingRule.objects.bulk_create(
        RoutingRule(
            force=force, order=place, name=rule.name, unit_id=rule.unit, skill=rule.skill,
            to_person=rule.to_person,
            when=rule.when.model_dump(mode="json", exclude_defaults=True),
        )
        for place, rule in enumerate(ruleset.rules_of(lines), 1)
    )  # fmt: skip
    return RoutingSet.objects.create(
        force=force, state=SetState.HOLDS, lines=ruleset.stored(lines), begun_at=now,
        changed_by=actor.label, changed_at=now, held_from=now, reason=reason[:500],
    )  # fmt: skip
