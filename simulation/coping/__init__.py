"""Coping: ways of handling tension, one file each. Their order here gives their codes."""

# isort: skip_file
from twoway.simulation.coping.endure import ENDURE
from twoway.simulation.coping.keep_distance import KEEP_DISTANCE
from twoway.simulation.coping.confront import CONFRONT
from twoway.simulation.coping.withdraw import WITHDRAW
from twoway.simulation.coping.propose_talk import PROPOSE_TALK
from twoway.simulation.coping.registry import COPING_WAYS, CopingWay, coping_way

__all__ = [
    "CONFRONT",
    "COPING_WAYS",
    "ENDURE",
    "KEEP_DISTANCE",
    "PROPOSE_TALK",
    "WITHDRAW",
    "CopingWay",
    "coping_way",
]
