"""Django forms drawn as GOV.UK components.

``FORM_RENDERER = "bluelamp.kit.forms.Renderer"`` makes ``{{ form }}`` and
``{{ form.name.as_field_group }}`` look right everywhere, also in pages of others
(allauth); ``{% field form.name %}`` of the ``kit`` tags gives finer control.
"""

from .fields import ClockTimeField, DatePartsField, Hinted
from .renderer import Renderer
from .widgets import DatePartsWidget

__all__ = ["ClockTimeField", "DatePartsField", "DatePartsWidget", "Hinted", "Renderer"]
