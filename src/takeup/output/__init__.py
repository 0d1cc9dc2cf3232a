"""The one seam for output: everything that a command says goes through here.

What people wrote is printed as they wrote it, never as markup; controls are shown; nothing
is cropped; and no stream, whatever its encoding or its end, makes a command crash.
"""

from takeup.output.characters import numeral, quoted, readable, shortened, visible
from takeup.output.layout import WIDTH, Paragraph, Sheet, folded, line_of
from takeup.output.streams import LONGEST, complain, console, guarded, say, show, to_text

__all__ = [
    "LONGEST",
    "WIDTH",
    "Paragraph",
    "Sheet",
    "complain",
    "console",
    "folded",
    "guarded",
    "line_of",
    "numeral",
    "quoted",
    "readable",
    "say",
    "shortened",
    "show",
    "to_text",
    "visible",
]
