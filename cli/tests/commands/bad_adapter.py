"""An adapter that greets and answers, and misbehaves in the way its argument names."""

import json
import os
import subprocess
import sys
import time

WAY = sys.argv[1]
HELLO = {"protocol": 1, "name": "bad", "version": "1", "language": "python",
         "endpoints": ["http1.server"], "can": ["head", "framing", "pipeline"]}
EVENTS = [{"event": "request", "method": "GET", "fields": [["host", "a"]]}, {"event": "end"}]


def say(message):
    print(json.dumps(message), flush=True)


def answer(number, steps):
    say({"ran": number, "steps": [{} for _ in steps[1:]] + [{"events": EVENTS}]})


def misbehave(runs, number, steps):
    if WAY == "dies-third" and runs == 3:
        print("the third is too much", file=sys.stderr)
        os._exit(7)
    if WAY == "dies-always":
        os._exit(7)
    if WAY == "hangs":
        time.sleep(1000)
    if WAY == "wrong-id":
        number += 1000
    if WAY == "garbage-event":
        return say({"ran": number, "steps": [{"events": [{"event": "r\x1b[31mquest"}]} for _ in steps]})
    if WAY == "floods-memory":
        bytearray(8 << 30)
    if WAY == "floods-output":
        while True:
            sys.stdout.write("x" * (1 << 20))
    if WAY == "slow":
        if runs == 2:
            child = subprocess.Popen(["sleep", "1000"])
            with open(sys.argv[2] + ".new", "w") as file:
                file.write(f"{os.getpid()} {child.pid}")
            os.rename(sys.argv[2] + ".new", sys.argv[2])
            time.sleep(1000)
    answer(number, steps)


if WAY == "dies-at-start":
    print("no such library: m\x1b[31mylib", file=sys.stderr)
    sys.exit(3)
if WAY == "prints-garbage":
    while True:
        print("\x1b]0;pwned\x07 not JSON")

RUNS = 0
for line in sys.stdin:
    message = json.loads(line)
    if WAY == "echoes":
        print(line, end="", flush=True)
    elif "hello" in message:
        say({"hello": HELLO})
    elif "run" in message:
        RUNS += 1
        misbehave(RUNS, message["run"], message["steps"])
    else:
        say({"unknown": next(iter(message))})
