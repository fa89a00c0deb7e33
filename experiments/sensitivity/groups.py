"""Groups of inputs, of which a sensitivity analysis says what they do together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twoway.simulation.errors import InputError, listed, nearest


def checked_groups(groups: Mapping[str, Sequence[str]], inputs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The groups, if each has a name of its own and holds some, but not all, of the inputs.

    Parameters
    ----------
    groups
        Inputs of each group by its name.
    inputs
        Names of all inputs of the study.

    Raises
    ------
    InputError
        If a group is empty, holds all inputs or one that there is not, or is named like an input.
    """
    for name, members in groups.items():
        if name in inputs:
            raise InputError(f"groups.{name}: is the name of an input; give the group a name of its own")
        for member in members:
            if member not in inputs:
                raise InputError(f"groups.{name}: the study varies no input {member}; {nearest(member, inputs)}")
        if not 1 <= len(set(members)) < len(inputs):
            raise InputError(
                f"groups.{name}: holds {'no' if not members else 'every'} input; a group holds some of the inputs, "
                f"not all: {listed(inputs)}"
            )
    return {name: tuple(members) for name, members in groups.items()}
