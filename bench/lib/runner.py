"""Runs one question: workload made ready, syswhy started, workload let go when the probes are live, answer judged."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from . import checks

LIVE = b"watching"          # syswhy -v says this on stderr when its probes are attached
START_LIMIT = 20            # seconds to attach
END_LIMIT = 25              # seconds beyond --for until it is called hung


class Broken(Exception):
    """The bench's own fault: the workload could not be made ready or did not do its work."""


class Workload:
    """One process of bench/workloads that waits for its go."""

    def __init__(self, binary, words, folder):
        self.words = words
        self.process = subprocess.Popen([binary] + words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, cwd=folder, start_new_session=True)
        self.said, self.ready = b"", threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.said += line
            if line.startswith(b"ready"):
                self.ready.set()
        self.ready.set()

    def wait_ready(self):
        self.ready.wait(30)
        if b"ready" not in self.said:
            raise Broken(f"workload {' '.join(self.words)}: {self.said.decode(errors='replace').strip()}")

    def go(self):
        try:
            self.process.stdin.write(b"go\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise Broken(f"workload {' '.join(self.words)} went away") from error

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass                # it has ended already, which is what was wanted
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            stop_group(self.process)
        stop_group(self.process)
        self.thread.join(1)


def stop_group(process, kind=signal.SIGKILL):
    """The process and the children it left: each was started in a session of its own."""
    try:
        os.killpg(process.pid, kind)
    except (ProcessLookupError, PermissionError):
        return
    if kind == signal.SIGKILL:
        process.wait()


class Bench:
    """What all questions of a run share."""

    def __init__(self, root, syswhy, work):
        self.root, self.syswhy, self.work = root, syswhy, work
        self.output = os.path.join(root, "build", "bench")
        self.folder = os.path.join(self.output, "tmp")
        self.stopping = threading.Event()
        self.started, self.lock = set(), threading.Lock()
        self.port = 20000 + os.getpid() % 2000 * 10
        os.makedirs(self.folder, exist_ok=True)
        os.makedirs(os.path.join(self.output, "answers"), exist_ok=True)

    def next_port(self):
        with self.lock:
            self.port += 1
            return self.port

    def keep(self, process):
        with self.lock:
            self.started.add(process)
        return process

    def shell(self, text, folder, limit=60):
        done = subprocess.run(["bash", "-c", text], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=limit, check=False)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def stop(self):
        self.stopping.set()
        with self.lock:
            started = list(self.started)
        for process in started:
            if process.poll() is None:
                stop_group(process, signal.SIGINT)
        time.sleep(0.5)
        for process in started:
            if process.poll() is None:
                stop_group(process)


class Run:
    """One question on its way."""

    def __init__(self, bench, case):
        self.bench, self.case = bench, case
        self.tmp = tempfile.mkdtemp(prefix=case.area + "-", dir=bench.folder)
        self.values = {"tmp": self.tmp, "port": str(bench.next_port()), "work": bench.work}
        self.works, self.shells = [], []

    def fill(self, text):
        for name, value in self.values.items():
            text = text.replace("{" + name + "}", value)
        return text

    def prepare(self):
        for command in self.case.before:
            code, said = self.bench.shell(self.fill(command), self.tmp)
            if code:
                raise Broken(f"before '{command}': {said.strip()[-300:]}")
            for line in said.splitlines():        # `name=value` lines become {name}
                name, equals, value = line.partition("=")
                if equals and name.isidentifier():
                    self.values[name] = value
        for index, words in enumerate(self.case.works):
            work = Workload(self.bench.work, [self.fill(word) for word in words], self.tmp)
            self.works.append(work)
            self.bench.keep(work.process)
            self.values["pid" if index == 0 else f"pid{index + 1}"] = str(work.process.pid)
        for work in self.works:
            work.wait_ready()

    def me(self):
        names = {self.works[0].words[0]} if self.works else {self.case.shells[0].split()[0]} if self.case.shells else set()
        return {"names": names, "pids": {self.values["pid"]} if self.works else set()}

    def go(self):
        for work in self.works:
            work.go()
        for command in self.case.shells:
            self.shells.append(self.bench.keep(subprocess.Popen(
                ["bash", "-c", self.fill(command)], cwd=self.tmp, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)))

    def command(self):
        options = [self.fill(word) for word in self.case.options]
        tail = []
        if "--" in options:
            cut = options.index("--")
            options, tail = options[:cut], options[cut:]
        how = ["--print"] if self.case.print else ["-v", "--for", f"{self.case.seconds:g}"]
        return [self.bench.syswhy, "trace", "--json"] + how + options + [self.fill(self.case.question)] + tail

    def ask(self):
        """Runs syswhy; returns its exit code, its stdout, its stderr."""
        process = self.bench.keep(subprocess.Popen(
            self.command(), cwd=self.tmp, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True))
        said, told, live = [], [], threading.Event()

        def read_out():
            told.append(process.stdout.read())
            live.set()

        def read_err():
            for line in process.stderr:
                said.append(line)
                if LIVE in line.lower():
                    live.set()
            live.set()

        threads = [threading.Thread(target=read_out, daemon=True), threading.Thread(target=read_err, daemon=True)]
        for thread in threads:
            thread.start()
        hung = ""
        if not live.wait(START_LIMIT):
            hung = f"did not say it was watching within {START_LIMIT} s"
        elif process.poll() is None and not self.case.print:
            self.go()
        try:
            process.wait(self.case.seconds + END_LIMIT if not hung else 0.1)
        except subprocess.TimeoutExpired:
            hung = hung or f"did not end {END_LIMIT} s after its time"
            stop_group(process, signal.SIGINT)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                stop_group(process)
        stop_group(process)
        for thread in threads:
            thread.join(2)
        return process.returncode, b"".join(told), b"".join(said), hung

    def end(self):
        for work in self.works:
            work.end()
        for shell in self.shells:
            stop_group(shell)
        for command in self.case.after:
            code, said = self.bench.shell(self.fill(command), self.tmp)
            if code:
                print(f"  {self.case.name}: after '{command}': {said.strip()[-200:]}", flush=True)
        shutil.rmtree(self.tmp, ignore_errors=True)

    def work_done(self):
        for work in self.works:
            if b"failed" in work.said or (b"done" not in work.said and not self.case.print):
                raise Broken(f"workload {' '.join(work.words)}: {work.said.decode(errors='replace').strip()}")

    def run(self):
        missing = [need for need in self.case.needs if not (os.path.exists(need) or shutil.which(need))]
        if missing:
            return {"outcome": "skipped", "reason": f"needs {' '.join(missing)}"}
        try:
            self.prepare()
            code, out, err, hung = self.ask()
            me = self.me()
            keep = os.path.join(self.bench.output, "answers", self.case.name.replace(":", "-"))
            with open(keep + ".json", "wb") as file:
                file.write(out)
            with open(keep + ".stderr", "wb") as file:
                file.write(err)
            if hung or code < 0:
                return {"outcome": "wrong", "reason": hung or f"died of signal {-code}"}
            try:
                answer = json.loads(out)
            except ValueError:
                last = err.decode(errors="replace").strip().splitlines()[-1:] or ["nothing on stderr"]
                return {"outcome": "verdict" if code else "wrong", "reason": f"no JSON, exit {code}: {last[0]}"}
            if not isinstance(answer, dict):
                return {"outcome": "wrong", "reason": "the answer is no JSON object"}
            outcome, reason = checks.judge(answer, self.case, self.fill, me)
            if answer.get("status") == "ok" and outcome != "right":
                self.work_done()
            return {"outcome": outcome, "reason": reason, "status": answer.get("status"),
                    "program": answer.get("program")}
        except (Broken, subprocess.TimeoutExpired) as broken:
            return {"outcome": "broken", "reason": str(broken)}
        finally:
            self.end()
