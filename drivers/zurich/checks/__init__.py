"""What of a program, a plan or settings a device cannot take, before anything is compiled or sent.

The compiler is the judge of programs: what is refused here it refuses too, and what passes here it compiles. But
it knows neither channels nor pulses, and tells one fault at a time.
"""

from drivers.zurich.checks.cores import core_problems
from drivers.zurich.checks.plans import layout_problems, plan_problems
from drivers.zurich.checks.programs import program_problems
from drivers.zurich.checks.settings import settings_problems, unconfigured_problems

__all__ = [
    "core_problems",
    "layout_problems",
    "plan_problems",
    "program_problems",
    "settings_problems",
    "unconfigured_problems",
]
