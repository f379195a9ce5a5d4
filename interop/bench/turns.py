"""turns.py: the loop of a process that measures one subject for each line of standard input."""

import json
import sys
import time

MIN_CALLS, MAX_CALLS = 2, 50


def turn(call, least):
    """The seconds of several calls in a row; the first one is not counted, as in `recal bench`."""
    call()
    seconds = []
    while len(seconds) < MIN_CALLS or (sum(seconds) < least and len(seconds) < MAX_CALLS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return seconds


def serve(call_of, release):
    """Answers lines until the end of the input.

    call_of(words) returns the call that a line names and the least seconds of its turn; release() forgets what it opened.
    """
    for line in sys.stdin:
        words = line.split()
        if words == ["release"]:
            release()
            answer = {}
        else:
            answer = {"seconds": turn(*call_of(words))}
        print(json.dumps(answer), flush=True)
