"""A scenario as it would be if the model had other defaults."""

from __future__ import annotations

from collections.abc import Mapping

from twoway.simulation.parameters.scenario import Scenario, changed, load


def with_defaults(name: str, defaults: Mapping[str, float | str]) -> Scenario:
    """The scenario of this name where *defaults* such as ``{"learning.perceptual_noise": 0.8}`` are the model's.

    What the scenario's own file says counts all the same. Title and question are not taken over.
    """
    told = load(name).model_dump(exclude_unset=True)
    own = {f"{s}.{field}": v for s, part in told.items() if isinstance(part, dict) for field, v in part.items()}
    return changed(Scenario(), {**defaults, **own})
