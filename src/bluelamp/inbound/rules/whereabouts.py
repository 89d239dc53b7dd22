"""Where a text speaks of: postcodes written in it, and names that the caller knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bluelamp.language.rules.lexicon import Prepared
from bluelamp.language.rules.matcher import Hit, Matcher
from bluelamp.language.rules.normal import Kind, tokens
from bluelamp.language.values import Term

_AREAS = frozenset(
    [
        "AB",
        "AL",
        "B",
        "BA",
        "BB",
        "BD",
        "BH",
        "BL",
        "BN",
        "BR",
        "BS",
        "BT",
        "CA",
        "CB",
        "CF",
        "CH",
        "CM",
        "CO",
        "CR",
        "CT",
        "CV",
        "CW",
        "DA",
        "DD",
        "DE",
        "DG",
        "DH",
        "DL",
        "DN",
        "DT",
        "DY",
        "E",
        "EC",
        "EH",
        "EN",
        "EX",
        "FK",
        "FY",
        "G",
        "GL",
        "GU",
        "GY",
        "HA",
        "HD",
        "HG",
        "HP",
        "HR",
        "HS",
        "HU",
        "HX",
        "IG",
        "IM",
        "IP",
        "IV",
        "JE",
        "KA",
        "KT",
        "KW",
        "KY",
        "L",
        "LA",
        "LD",
        "LE",
        "LL",
        "LN",
        "LS",
        "LU",
        "M",
        "ME",
        "MK",
        "ML",
        "N",
        "NE",
        "NG",
        "NN",
        "NP",
        "NR",
        "NW",
        "OL",
        "OX",
        "PA",
        "PE",
        "PH",
        "PL",
        "PO",
        "PR",
        "RG",
        "RH",
        "RM",
        "S",
        "SA",
        "SE",
        "SG",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SP",
        "SR",
        "SS",
        "ST",
        "SW",
        "SY",
        "TA",
        "TD",
        "TF",
        "TN",
        "TQ",
        "TR",
        "TS",
        "TW",
        "UB",
        "W",
        "WA",
        "WC",
        "WD",
        "WF",
        "WN",
        "WR",
        "WS",
        "WV",
        "YO",
        "ZE",
    ]
)
"""Postcode areas (Royal Mail, Programmers' Guide to the Postcode Address File)."""

_POSTCODE = re.compile(
    r"(?<![^\W_])(?P<area>[A-Z]{1,2})(?P<district>\d[\dA-Z]?)"
    r"(?:(?P<gap>[ \t\u00a0-]{0,2})(?P<inward>\d[ABD-HJLNP-UW-Z]{2}))?(?![^\W_])",
    re.IGNORECASE,
)
"""The inward part never holds C, I, K, M, O or V (BS 7666, Government data standards)."""

_LETTERED = frozenset(
    ["E1", "N1", "NW1", "SE1", "SW1", "W1", "EC1", "EC2", "EC3", "EC4", "WC1", "WC2"]
)
"""Districts that a letter may follow: ``SW1A``; all of them in London."""


@dataclass(frozen=True, slots=True)
class PostcodeFound:
    """A postcode in a text.

    :param postcode: as it is written officially, ``LS1 4AP``; a district alone, ``LS1``.
    :param whole: false where only the district was written.
    """

    postcode: str
    whole: bool
    start: int
    end: int


def postcodes(text: str) -> tuple[PostcodeFound, ...]:
    """Return the postcodes in a text, in order.

    A whole one counts in small letters too.  A district alone must be written in
    capitals and have two letters: ``M1`` is a road and ``b2`` nothing.
    """
    return tuple(found for match in _POSTCODE.finditer(text) if (found := _postcode(match)))


def _postcode(match: re.Match[str]) -> PostcodeFound | None:
    area, district = match["area"].upper(), match["district"].upper()
    inward = (match["inward"] or "").upper()
    if area not in _AREAS or not _may_follow(area, district):
        return None
    if not inward and (len(area) < 2 or match[0] != match[0].upper()):
        return None
    name = f"{area}{district} {inward}".rstrip()
    return PostcodeFound(name, bool(inward), match.start(), match.end())


def _may_follow(area: str, district: str) -> bool:
    """Say whether a district can be one of the area."""
    return district.isdigit() or f"{area}{district[0]}" in _LETTERED


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A name that the caller knows, in a text; several places may bear it."""

    name: str
    keys: tuple[str, ...]
    start: int
    end: int


_SHORT = {
    "street": "st",
    "saint": "st",
    "road": "rd",
    "avenue": "ave",
    "lane": "ln",
    "drive": "dr",
    "close": "cl",
    "crescent": "cres",
    "square": "sq",
    "terrace": "terr",
    "place": "pl",
    "court": "ct",
    "gardens": "gdns",
    "grove": "gr",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "mount": "mt",
}
_LONG: dict[str, list[str]] = {}
for _whole, _short in _SHORT.items():
    _LONG.setdefault(_short, []).append(_whole)


class PlaceNames:
    """Names of streets, wards and towns made ready to be looked for.

    "Street" and "St", "Road" and "Rd" and the like are one.  Case does not
    count: who is in danger does not write capitals.

    :param names: (key, name) of each place; what a key is, the caller knows.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._keys: dict[str, list[str]] = {}
        for key, name in names:
            self._keys.setdefault(name, []).append(key)
        self._matcher = Matcher(
            Term(expression, name) for name in self._keys if (expression := _expression(name))
        )

    def found_in(self, prepared: Prepared) -> tuple[PlaceFound, ...]:
        """Return the longest names in a text, in order; none overlap."""
        reading = self._matcher.read_tokens(prepared.text, prepared.tokens, prepared.texts)
        found: list[PlaceFound] = []
        for hit in sorted(reading.hits, key=lambda hit: (hit.first, -hit.last)):
            place = self._place(hit)
            if not found or place.start >= found[-1].end:
                found.append(place)
        return tuple(found)

    def _place(self, hit: Hit) -> PlaceFound:
        name = hit.term.heading
        return PlaceFound(name, tuple(self._keys[name]), hit.spans[0][0], hit.spans[-1][1])


def _expression(name: str) -> str:
    """Return what a name is looked for by; empty for a name without words."""
    words = [token.text for token in tokens(name) if token.kind in (Kind.WORD, Kind.NUMBER)]
    return " ".join("|".join([word, *_others(word)]) for word in words)


def _others(word: str) -> list[str]:
    return [_SHORT[word]] if word in _SHORT else _LONG.get(word, [])
