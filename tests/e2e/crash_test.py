"""kill -9 at any moment leaves the last release whole, and the next run goes on."""

import os
import random
import signal
import subprocess
import time

import loopback
from loopback import RoadTest, sdist


class Crash(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("first", requires=["second"]))
        self.index.add(*sdist("second"))
        self.write_set("first")
        self.published()

    def start(self):
        return subprocess.Popen(self.command(), env=self.environment(), start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def newer(self, round_number):
        """Something new to fetch, build and publish in each round."""
        self.index.add(*sdist("second", version=f"1.{round_number}"))

    def test_kill_at_any_moment(self):
        random.seed(7)
        self.newer(1)
        begun = time.monotonic()
        self.published()
        whole_run = time.monotonic() - begun
        for round_number in range(2, 14):
            self.newer(round_number)
            running = self.start()
            time.sleep(random.uniform(0, whole_run))
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            self.assert_release_whole()
        report = self.published()
        versions = {p["name"]: p["version"] for p in report["packages"]}
        self.assertEqual(versions, {"first": "1.0", "second": "1.13"})
        self.assert_release_whole()
        leftovers = [p.name for p in (self.set / "releases").iterdir() if p.name.startswith(".new")]
        self.assertEqual(leftovers, [])

    def test_interrupt_stops_cleanly_and_the_next_run_goes_on(self):
        slow = loopback.BACKEND.replace("import base64", "import time\ntime.sleep(4)\nimport base64")
        self.index.add(*sdist("slow", backend=slow))
        self.write_set("first", "slow")
        running = subprocess.Popen(self.command(), env=self.environment(), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 3, said)
        self.assertIn("the next run goes on", said)
        self.assert_release_whole()
        self.assertEqual({p["name"] for p in self.published()["packages"]}, {"first", "second", "slow"})


if __name__ == "__main__":
    loopback.main()
