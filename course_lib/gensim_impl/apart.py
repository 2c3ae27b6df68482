"""Running code in a process of its own, for what may crash Python or never end."""

import signal
import subprocess
import sys


def outcome(code: str, seconds: float = 100) -> str:
    """Run Python code in a process of its own, and say how it ended.

    Parameters
    ----------
    code : str
        The program. What it prints last is part of the answer.
    seconds : float, default 100
        After so long the process is ended.

    Returns
    -------
    str
        ``"ended: "`` and the last line printed; ``"raised: "`` and the last line of the traceback;
        ``"crashed"``, with the name of the signal where the system has one; or
        ``"still running after ... s"``.
    """
    command = [sys.executable, "-X", "utf8", "-c", code]
    try:
        run = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"still running after {seconds:g} s"
    if run.returncode == 1:
        return f"raised: {_last_line(run.stderr)}"
    if run.returncode < 0:
        return f"crashed: {signal.Signals(-run.returncode).name}"
    return f"ended: {_last_line(run.stdout)}" if run.returncode == 0 else "crashed"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing was printed"])[-1]
