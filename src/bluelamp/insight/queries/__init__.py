"""What reads the figures, each reader in a file of its own."""

from django.utils.translation import gettext_lazy as _

from bluelamp.insight.rules.desk import DESK
from bluelamp.kit.nav import NavItem
from bluelamp.org.values import Acts

NAV = (NavItem(_("Control room"), "insight:board", (Acts.BOARD_READ.value,), order=14),)
SETTINGS = (DESK,)
