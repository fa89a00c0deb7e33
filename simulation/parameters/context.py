"""Where two people meet: the contextual factors of a centre (the third dimension of the study)."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter

WEEKLY = "encounters per week, at most one a day"
SHARE = "share"


class Context(ParameterGroup):
    """What happens how often, how scripted and how explained it is, and who else is around."""

    everyday: float = parameter(5.0, 0, 28, WEEKLY)
    """Everyday meetings of client and keyworker: a meal, the corridor, an activity."""
    planned: float = parameter(0.8, 0, 7, WEEKLY)
    """Planned talks, opened by the keyworker."""
    control: float = parameter(2.0, 0, 14, WEEKLY)
    """Control: searches, tests, enforcement of rules, opened by the keyworker."""
    requests: float = parameter(1.0, 0, 14, WEEKLY)
    """Requests by the client: leave, telephone, visits."""
    strictness: float = parameter(0.6, 0, 1, "share of decided requests")
    """How many of the requests that are decided by the book the rules refuse."""
    formality: float = parameter(0.36, 0, 1, "share of acts")
    """How far acts follow the script of the situation rather than the person."""
    mandate: float = parameter(0.85, 0, 1, "share of acts")
    """How far the rules prescribe what the keyworker does in control and in answer to a request."""
    discretion: float = parameter(0.15, 0, 1, "share of mandated encounters")
    """How often the keyworker bends the rules and acts as she would without the mandate (Lipsky 1980)."""
    transparency: float = parameter(0.5, 0, 1, SHARE)
    """How far the client knows what the rules prescribe, so that a mandated act is recognised as one."""
    reflexivity: float = parameter(0.3, 0, 1, SHARE)
    """How far keyworkers see the crisis behind what a client does, and notice tension."""
    caseload: float = parameter(4.0, 1, 30, "clients per keyworker")
    """Clients each keyworker is responsible for."""
    capacity: float = parameter(5.0, 1, 30, "clients per keyworker")
    """Clients a keyworker can meet as often as intended; beyond it contact falls and pressure rises."""
    pressure: float = parameter(0.1, 0, 1, "share of acts")
    """Share of a keyworker's unscripted acts that come from workload rather than from the person."""
    overload: float = parameter(0.1, 0, 1, "share of acts per unit of excess caseload")
    """How much pressure a caseload of twice the capacity adds."""
    turnover: float = parameter(0.2, 0, 4, "changes per 180 days and post")
    """How often a keyworker leaves and is replaced.

    Default from the range .1 to .3 per stay that is derived from published staff turnover."""
    repair_opportunity: float = parameter(0.5, 0, 1, SHARE)
    """Privacy and time for talking things over."""
    peer_density: float = parameter(0.3, 0, 1, "share of pairs of clients")
    """How many pairs of clients in a centre are friends."""
    peer_talk: float = parameter(1.0, 0, 14, "talks per week and friend")
    """How often friends among the clients talk about the staff."""
    peer_influence: float = parameter(0.02, 0, 0.5, "share of the distance per talk")
    """How far one talk moves a client's expectation toward what the friend makes of the keyworker."""
    opposition: float = parameter(0.4, 0, 2, "log-weight of an adversarial frame")
    """How far the ward's talk is tilted against the staff ("us and them")."""
    distress: float = parameter(0.35, 0, 1, "share of acts at admission")
    """Share of a client's unscripted acts that come from withdrawal and crisis at admission."""
    distress_half_life: float = parameter(25.0, 1, 365, "days")
    """Time in which that share falls by half."""
    centre_spread: float = parameter(0.3, 0, 2, "SD on the log-odds scale")
    """How far the centres differ in formality, strictness and transparency."""
