"""What a run shows on the terminal: each process's lines under its name."""

from __future__ import annotations

import contextlib
import os
from typing import IO

from rich.console import Console, RenderableType
from rich.text import Text

OWN_NAME = "bluelamp"
_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Write to nowhere from now on, where rich would end the program."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


class Output:
    """Writes lines; a terminal that has gone away is no reason to stop."""

    def __init__(self, stream: IO[str], *, width: int = 10) -> None:
        self._console = _Console(file=stream, highlight=False, soft_wrap=True)
        self._width = width
        self._colours: dict[str, str] = {OWN_NAME: "bold bright_blue"}

    def line(self, name: str, text: str) -> None:
        """Show one line of a process's output."""
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        self.show(Text.assemble((name.ljust(self._width), colour), (" │ ", "dim"), _plain(text)))

    def say(self, text: str) -> None:
        """Show a line of our own."""
        self.line(OWN_NAME, text)

    def show(self, what: RenderableType) -> None:
        """Show anything that rich can draw."""
        with contextlib.suppress(OSError, ValueError):
            self._console.print(what)


def _plain(text: str) -> Text:
    """Keep a process's own colours, and nothing else that moves the cursor."""
    return Text.from_ansi(text) if "\x1b" in text else Text(text)
