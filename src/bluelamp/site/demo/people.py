"""The force's units, officers and grants, and the log-ins that ``make run`` prints."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.values import Role, UnitKind
from bluelamp.site.demo.words import DISTRICTS, FAMILY, GIVEN, WARDS

DOMAIN = "brackenshire.example.test"
PASSWORD = "bluelamp-demo"  # noqa: S105  (shown on the sign-in page of the demo, and only there)


@dataclass(frozen=True, slots=True)
class Login:
    """A demo officer whose log-in is printed."""

    name: str
    rank: str
    number: str
    unit: str
    roles: tuple[Role, ...]
    words: str

    @property
    def email(self) -> str:
        """The address to sign in with: the given name."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


LOGINS = (
    Login("Alice Fenn", "PC", "4411", "D1W1", (Role.WRITER,), "writes for Northwick"),
    Login("Bob Marsh", "Sgt", "2207", "D1", (Role.APPROVER,), "approves for Brackenford"),
    Login("Grace Tarn", "Insp", "1130", "HQ", (Role.COMMANDER,), "may break the glass"),
    Login("Zoe Carr", "", "9001", "COM", (Role.COMMUNICATIONS,), "communications"),
    Login("Hana Reed", "", "9030", "CTL", (Role.HANDLER,), "handles cases in the control room"),
    Login("Sam Cole", "Sgt", "3105", "CTL", (Role.SUPERVISOR,), "supervises the control room"),
    Login("Mo Sharif", "", "9014", "MEM", (Role.MEMBERSHIP,), "looks after members"),
    Login("Ada Quick", "", "9020", "HQ", (Role.ADMINISTRATOR, Role.AUDITOR), "runs the system"),
)


def make_units(force: Force) -> dict[str, Unit]:
    """Make the tree: headquarters, departments, districts, a team for each ward."""
    units: dict[str, Unit] = {}
    units["HQ"] = _unit(force, None, "HQ", force.name, UnitKind.FORCE)
    for code, name in (("COM", "Communications"), ("MEM", "Membership"), ("CTL", "Control room")):
        units[code] = _unit(force, units["HQ"], code, name, UnitKind.DEPARTMENT)
    for d, district in enumerate(DISTRICTS, start=1):
        units[f"D{d}"] = _unit(force, units["HQ"], f"D{d}", district, UnitKind.DISTRICT)
        for w, ward in enumerate(WARDS[d - 1], start=1):
            name = f"{ward} neighbourhood team"
            units[f"D{d}W{w}"] = _unit(force, units[f"D{d}"], f"D{d}W{w}", name, UnitKind.TEAM)
    return units


def _unit(force: Force, parent: Unit | None, code: str, name: str, kind: UnitKind) -> Unit:
    unit = Unit.objects.create(
        force=force, parent=parent, code=code, name=name, kind=kind,
        email=f"{code.lower()}@{DOMAIN}", path="",
    )  # fmt: skip
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def make_officers(force: Force, units: dict[str, Unit], now: datetime) -> list[Officer]:
    """Make the log-ins, and two officers for every team; grants last a year."""
    chance = random.Random(3)
    password = make_password(PASSWORD)  # once: hashing is slow on purpose
    people = [
        (login.name, login.rank, login.number, login.email, login.unit, login.roles)
        for login in LOGINS
    ]
    people.append(("Dev Garside", "", "9031", f"9031@{DOMAIN}", "CTL", (Role.HANDLER,)))
    teams = [code for code, unit in units.items() if unit.kind == UnitKind.TEAM]
    for number, (code, role) in enumerate(
        (code, role) for code in teams for role in (Role.WRITER, Role.APPROVER)
    ):
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        rank = "Sgt" if role is Role.APPROVER else "PC"
        people.append((name, rank, f"{5000 + number}", f"{5000 + number}@{DOMAIN}", code, (role,)))
    return [_officer(force, units, password, person, now) for person in people]


def _officer(
    force: Force,
    units: dict[str, Unit],
    password: str,
    person: tuple[str, str, str, str, str, tuple[Role, ...]],
    now: datetime,
) -> Officer:
    name, rank, number, email, unit, roles = person
    officer = Officer.objects.create(
        force=force, unit=units[unit], name=name, rank=rank, number=number, email=email,
        password=password,
    )  # fmt: skip
    # members belong to no unit; communications and the control room serve the whole force
    reach = units["HQ" if unit in {"COM", "MEM", "CTL"} else unit]
    Grant.objects.bulk_create(
        Grant(
            force=force, officer=officer, role=role, unit=reach,
            starts=now - timedelta(days=30), expires=now + timedelta(days=335), reason="Demo",
        )
        for role in roles
    )  # fmt: skip
    return officer
