"""Puts questions to `assay debug`, for the programs beside this one."""

import json
import shlex
import subprocess
import sys

BATCH = 2000


class Tally:
    def __init__(self):
        self.answered = 0
        self.refused = 0
        self.unanswerable = 0
        self.disagreements = 0


def ask(program, questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    run = subprocess.run(
        shlex.split(program), input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if len(answers) != len(questions):
        sys.exit(f"{program}: {len(questions)} questions, {len(answers)} answers")
    for given in answers:
        given.pop("error", None)
    return answers
