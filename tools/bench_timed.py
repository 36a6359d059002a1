"""Runs one command and tells its wall seconds, peak memory and processor seconds.

    python -I -S tools/bench_timed.py FILE WORD…

FILE gets one JSON line. A process of its own, and a small one: what a child holds at its highest
begins, to the system, with what its parent held when it was made.
"""

import json
import os
import subprocess
import sys
import time

told, *command = sys.argv[1:]
started = time.perf_counter()
process = subprocess.Popen(command)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - started
process.returncode = os.waitstatus_to_exitcode(status)
figures = {
    "seconds": seconds,
    "peak": usage.ru_maxrss / 1024,
    "work": usage.ru_utime + usage.ru_stime,
}
with open(told, "w", encoding="ascii") as line:  # noqa: PTH123 - pathlib would make it larger
    json.dump(figures, line)
sys.exit(process.returncode)
