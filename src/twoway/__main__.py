"""``python -m twoway``: the command ``twoway``."""

import sys

from twoway.cli.main import main

sys.exit(main())
