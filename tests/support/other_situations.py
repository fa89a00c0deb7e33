"""The shipped situations with some things changed by replacing text, as a user would change a copy of the file."""

import re

from twoway.simulation.data_files import data_file
from twoway.simulation.situations import LONGEST

SHIPPED = data_file("situations", "residential").read_text(encoding="utf-8")


def going_on(text=SHIPPED):
    """The text of situations in which every encounter may go on as long as any may."""
    text = re.sub(r"(?m)^longest = \d+\n", "", text)
    text, kinds = re.subn(r"(?m)^(exchanges = \d)$", rf"\1\nlongest = {LONGEST}", text)
    assert kinds == 5
    return text


def left_to_her():
    """The text of the shipped situations in which the rules do not prescribe how a request is answered."""
    head, answer, rest = SHIPPED.partition("[request.keyworker.reply]")
    assert answer
    free = rest.replace("mandated = true\n", "", 1)
    assert len(free) < len(rest)
    return head + answer + free
