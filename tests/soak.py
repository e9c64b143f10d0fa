"""Whether this is the long run (`run.py soak`) or the suite, which does a little of each long test."""

import os

IS_SOAK = "XIANGTING_SOAK" in os.environ
