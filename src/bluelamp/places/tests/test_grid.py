"""Against the Ordnance Survey's own: worked examples and OSTN15 test points."""

from __future__ import annotations

import numpy as np
import pytest

from bluelamp.places import grid
from bluelamp.places.ground import distances

KNOWN = [
    # OS, "Transformations and OSGM15 user guide", OSTN15 test points: E, N -> ETRS89
    (91492.146, 11318.804, 49.92226393730, -6.29977752014),  # TP01, St Mary's
    (170370.718, 11572.405, 49.96006137820, -5.20304609998),  # TP02, Lizard
    (250359.811, 62016.569, 50.43885825610, -4.10864563561),  # TP03
    (449816.371, 75335.861, 50.57563665000, -1.29782277240),  # TP04
    (438710.919, 114792.250, 50.93127937910, -1.45051433700),  # TP05
    (292184.870, 168003.465, 51.40078220140, -3.55128349240),  # TP06
    (639821.835, 169565.858, 51.37447025550, 1.44454730409),  # TP07
    (362269.991, 169978.690, 51.42754743020, -2.54407618349),  # TP08
    (530624.974, 178388.464, 51.48936564950, -0.11992557180),  # TP09
    (241124.584, 220332.641, 51.85890896400, -4.30852476960),  # TP10
    (599445.590, 225722.826, 51.89436637350, 0.89724327012),  # TP11
    (389544.190, 261912.153, 52.25529381630, -2.15458614387),  # TP12
    (474335.969, 262047.755, 52.25160951230, -0.91248956970),  # TP13
]


@pytest.mark.parametrize(("east", "north", "latitude", "longitude"), KNOWN)
def test_within_five_metres_of_the_ordnance_survey(
    east: float, north: float, latitude: float, longitude: float
) -> None:
    lons, lats = grid.to_degrees(np.array([east]), np.array([north]))
    assert distances(longitude, latitude, lons, lats)[0] < 5


def test_points_are_projected_in_pairs() -> None:
    points = grid.project(np.array([[530624.974, 178388.464], [474335.969, 262047.755]]))
    assert points.shape == (2, 2)
    assert points[0] == pytest.approx([-0.1199, 51.4894], abs=1e-3)
