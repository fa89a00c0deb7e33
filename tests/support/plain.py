"""Plain Python: what would take half a minute to compile for records of another shape, and little to run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
from typing import Any


def in_plain_python(code: str) -> Any:
    """What some code leaves in ``result`` when nothing is compiled, in a new process.

    Rules are plain functions, and compiled code gives the same numbers to the last bit (tests of the rules run both
    ways). Repertoires and coping ways of another number are compiled in ``test_robustness`` and ``test_extensions``.

    Parameters
    ----------
    code
        Python code that sets ``result`` to something that can be pickled.
    """
    whole = f"{textwrap.dedent(code)}\nimport pickle, sys\nsys.stdout.buffer.write(pickle.dumps(result))"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", whole], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)
