#!/usr/bin/python3
"""Kills the real daemon at random moments while a stock Thrift client registers people; nothing acknowledged may be lost.

After each kill the daemon starts again (which checks the anchor and the log), every acknowledged person is asked for, and the
same request with the same idempotency key must give the same answer. Ends with 0 only if all of it held.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service_under_test import Service, StockClient  # noqa: E402


class Soak:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.random = random.Random(arguments.seed)
        self.service = Service(arguments.noren, folder, ["invented-company"])
        self.acknowledged, self.sent = {}, 0

    def request(self, common, types, number):
        profile = common.Profile(occupations=["ISCO-2512"], skills=[common.SkillLevel("SK-python", 1 + number % 5)],
                                 regions=["KR-11"], licences=[], languages=[], employment_types=["full_time"])
        return types.RegisterSeekerRequest(idempotency=common.Idempotency(f"soak-{number}"), ref=f"invented-{number}",
                                           profile=profile, contact=f"invented-{number}@example.com", language="en")

    def register_until_killed(self):
        client = StockClient(self.service, "portal-alpha", self.folder / "gen-py")
        portal = client.service("portal")
        import noren_wire.common.ttypes as common
        types = client.types("portal")
        killer = threading.Timer(self.random.uniform(0.01, 0.6), self.service.process.send_signal, [signal.SIGKILL])
        killer.start()
        try:
            while True:
                answer = portal.register_seeker(self.request(common, types, self.sent))
                self.acknowledged[self.sent] = answer.handle
                self.sent += 1
        except Exception as error:  # the connection breaks however the kernel pleases
            if self.service.process.poll() is None and not killer.is_alive():
                time.sleep(0.2)
            if self.service.process.poll() is None:
                raise RuntimeError("a call failed while the daemon lived") from error
        finally:
            killer.join()
            self.service.process.wait(timeout=30)

    def check(self):
        client = StockClient(self.service, "portal-alpha", self.folder / "gen-py")
        portal = client.service("portal")
        import noren_wire.common.ttypes as common
        types = client.types("portal")
        for handle in self.acknowledged.values():
            assert portal.get_seeker(handle).profile.occupations == ["ISCO-2512"]
        # The one in flight is wholly there or wholly absent, and asking again gives one person.
        again = portal.register_seeker(self.request(common, types, self.sent)).handle
        assert again not in self.acknowledged.values()
        self.acknowledged[self.sent] = again
        self.sent += 1
        number = self.random.choice(sorted(self.acknowledged))
        assert portal.register_seeker(self.request(common, types, number)).handle == self.acknowledged[number]
        client.close()

    def run(self):
        deadline = time.monotonic() + self.arguments.minutes * 60
        cycles = 0
        self.service.start()
        while cycles < self.arguments.cycles or time.monotonic() < deadline:
            self.register_until_killed()
            self.service.start()
            self.check()
            cycles += 1
            if sys.stderr.isatty():
                print(f"\r{cycles} kills, {len(self.acknowledged)} acknowledged, 0 lost", end="", file=sys.stderr)
        self.service.stop()
        print(f"{cycles} kills, {len(self.acknowledged)} acknowledged registrations, 0 lost")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noren", required=True, help="the built program")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--cycles", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="noren-soak-"))
    try:
        Soak(arguments, folder).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
