"""What officers fill in on the pages of cases."""

from bluelamp.cases.forms.casework import (
    LONDON,
    REPLY,
    AllForm,
    AssessForm,
    GatherForm,
    GiveForm,
    HandoverForm,
    HistoryForm,
    NoteForm,
    PlainForm,
    ReasonForm,
    ReopenForm,
    ReplyForm,
    SendForm,
    ShowingForm,
    TaskForm,
    people,
)
from bluelamp.cases.forms.closing import CloseForm

__all__ = [
    "LONDON",
    "REPLY",
    "AllForm",
    "AssessForm",
    "CloseForm",
    "GatherForm",
    "GiveForm",
    "HandoverForm",
    "HistoryForm",
    "NoteForm",
    "PlainForm",
    "ReasonForm",
    "ReopenForm",
    "ReplyForm",
    "SendForm",
    "ShowingForm",
    "TaskForm",
    "people",
]
