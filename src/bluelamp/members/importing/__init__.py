"""Taking people in by the thousand: COPY, and files that are read whole or not at all."""

from bluelamp.members.importing.bulk import bulk_create_members
from bluelamp.members.importing.store import ImportReport, Rejected, import_members

__all__ = ["ImportReport", "Rejected", "bulk_create_members", "import_members"]
