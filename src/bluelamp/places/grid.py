"""British National Grid (EPSG:27700) to WGS 84, the same on every machine.

One Helmert transformation, written out as a PROJ pipeline: parameters and
accuracy (better than 5 m, typically 2 m) are the Ordnance Survey's, "A guide to
coordinate systems in Great Britain", section 6.6.  Leaving the choice to PROJ
would make results depend on which grids a machine happens to hold.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PIPELINE = (
    "+proj=pipeline"
    " +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717"
    " +x_0=400000 +y_0=-100000 +ellps=airy"
    " +step +proj=push +v_3"
    " +step +proj=cart +ellps=airy"
    " +step +proj=helmert +x=446.448 +y=-125.157 +z=542.06"
    " +rx=0.1502 +ry=0.247 +rz=0.8421 +s=-20.4894 +convention=position_vector"
    " +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=pop +v_3"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@cache
def _transformer() -> Any:
    from pyproj import Transformer  # slow to import, needed by importers alone

    return Transformer.from_pipeline(_PIPELINE)


def to_degrees(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes in degrees of grid references in metres."""
    longitudes, latitudes = _transformer().transform(east, north)
    return np.asarray(longitudes), np.asarray(latitudes)


def project(points: Floats) -> Floats:
    """Return an (n, 2) array of eastings and northings as longitudes and latitudes."""
    return np.column_stack(to_degrees(points[:, 0], points[:, 1]))
