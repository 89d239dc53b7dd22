"""Our own pages as a provider: what is written there is stored first, like everything."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bluelamp.channels import written
from bluelamp.channels.contract import Capability, InboundItem, Limits, RawInbound


class WebSettings(BaseModel):
    """Nothing is needed: the pages are ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WebAdapter:
    """Reads what the contact page, and officers for who calls or comes, have written down."""

    name = "web"
    label = "Our own pages"
    icon = "pen"
    own = True
    """Its accounts are made by themselves, one a page of ours."""
    takes_written = True
    channel = "email"
    capabilities = frozenset({Capability.PARSE})
    limits = Limits(body_characters=written.LONGEST_TEXT)
    settings_model: type[BaseModel] = WebSettings

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what was written down.

        :raises ChannelError: permanent; it does not have the form.
        """
        return written.read(raw)


ADAPTER = WebAdapter()
"""What the registry hands out."""
