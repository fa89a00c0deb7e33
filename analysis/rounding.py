"""Numbers as sentences write them: a few digits that mean something, no powers of ten, and no dust of rounding."""

from __future__ import annotations

import math
from decimal import Decimal

DUST = 1e-9
"""Size below which a number is what rounding has left of a zero: outcomes and inputs are of the order of one."""


def significant(value: float, digits: int = 2, sign: bool = False) -> str:
    """A number with so many significant digits, written out.

    Parameters
    ----------
    value
        The number.
    digits
        Significant digits, at least 1; whole numbers keep all of theirs.
    sign
        Whether a positive number has its sign.

    Examples
    --------
    >>> significant(1.4e-17), significant(-0.0000123), significant(3.14159, 3), significant(1234567.0, 3)
    ('0', '-0.000012', '3.14', '1,234,567')
    >>> significant(0.25, sign=True)
    '+0.25'
    """
    if not math.isfinite(value):
        return "unknown" if math.isnan(value) else f"{'-' if value < 0 else ''}infinite"
    if abs(value) < DUST:
        return "0"
    places = max(0, digits - 1 - Decimal(value).adjusted())
    rounded = float(f"{value:.{digits - 1}e}") if places else value
    text = f"{rounded:{'+' if sign else ''}{',' if abs(value) >= 10_000 else ''}.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
