"""Memory that a step frees is kept for the next one."""

import os
import platform
import subprocess
import sys

PROGRAM = """
import resource
import numpy as np
import pellucid._native

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    arrays = [np.ones(2_000_000, np.float32) for _ in range(4)]  # 8 MB each

step(), step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""


def page_faults(**environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=clean | environment
    )
    return int(done.stdout)


def test_a_step_that_was_taken_before_asks_the_system_for_no_memory():
    assert page_faults() < 1_000 or platform.libc_ver()[0] != "glibc"


def test_what_the_user_has_chosen_for_the_c_library_stays():
    assert page_faults(MALLOC_TRIM_THRESHOLD_="131072", MALLOC_MMAP_THRESHOLD_="131072") > 10 * page_faults()
