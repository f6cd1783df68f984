"""A scripted HTTP server on loopback: each case says, byte for byte and pause for pause, what it answers."""

import json
import socket
import struct
import threading
import time


class Server:
    """Answers the n-th request with the n-th reply (the last one repeats). Keeps every request for the test to judge.

    A reply is a dict, or a function of the request that gives one:
      status   200; headers {name: value}
      body     an object (sent as JSON) or a string
      events   list of data lines for SSE: objects become JSON, strings stay; [name, data] names the event
      done     whether "data: [DONE]" follows the events (default: when there are events and the path is chat)
      raw      the body as a string, sent as it is; latin-1, so that any byte can be written
      cut      bytes a piece (1: letter by letter); pause: seconds between pieces; first: seconds before the first
      end      "close": close without ending the body; "reset"; "hold": keep the line open; "refuse": no answer at all
      length   send Content-Length and no chunks
      wire     all of it, head and body, as it is (latin-1); then the line is closed, or with end: "rst" torn, or "keep" kept open for more
    """

    def __init__(self, replies, by_path=None, port=0):
        self.replies, self.by_path, self.requests = replies, by_path or {}, []
        self.lock, self.in_flight, self.peak = threading.Lock(), 0, 0
        self.stop = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def close(self):
        self.stop.set()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass                # some systems refuse this on a listening socket; the close does it then
        self.socket.close()

    def accept(self):
        while not self.stop.is_set():
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(line,), daemon=True).start()

    def serve(self, line):
        try:
            with line, line.makefile("rb") as stream:
                while self.one(line, stream):
                    pass
        except (OSError, ValueError):
            return              # the client went away, as some cases want it to

    def one(self, line, stream):
        first = stream.readline().decode("latin-1").split()
        if len(first) < 2:
            return False
        headers = {}
        while True:
            header = stream.readline().decode("latin-1").strip()
            if not header:
                break
            name, value = header.split(":", 1)
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        with self.lock:
            path = first[1]
            reply = self.by_path.get(path.split("?")[0])
            if reply is None:
                count = sum(1 for r in self.requests if not r["aside"])
                reply = self.replies[min(count, len(self.replies) - 1)]
                aside = False
            else:
                aside = True
            request = {"method": first[0], "path": path, "headers": headers, "text": body.decode(),
                       "body": json.loads(body) if body[:1] == b"{" else None, "aside": aside, "at": time.monotonic()}
            self.requests.append(request)
            reply = reply(request) if callable(reply) else reply
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
        try:
            return self.answer(line, reply, path)
        finally:
            with self.lock:
                self.in_flight -= 1

    def payload(self, reply, path):
        if "raw" in reply:
            return reply["raw"].encode("latin-1"), "text/event-stream"
        if "events" in reply:
            text = ""
            for event in reply["events"]:
                if isinstance(event, list):
                    text += f"event: {event[0]}\n"
                    event = event[1]
                text += "data: " + (event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)) + "\n\n"
            if reply.get("done", "chat/completions" in path):
                text += "data: [DONE]\n\n"
            return text.encode(), "text/event-stream"
        body = reply.get("body", "")
        return (body if isinstance(body, str) else json.dumps(body)).encode(), "application/json"

    def answer(self, line, reply, path):
        if reply.get("end") == "refuse":
            return False
        if "wire" in reply:
            line.sendall(reply["wire"].encode("latin-1"))
            if reply.get("end") == "rst":
                time.sleep(0.05)    # what was sent before is read
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return reply.get("end") == "keep"
        data, kind = self.payload(reply, path)
        headers = {"Content-Type": kind, **reply.get("headers", {})}
        chunked = "length" not in reply and reply.get("end") != "close"
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif "length" in reply:
            headers["Content-Length"] = str(len(data))
        if reply.get("end") == "close":
            headers["Transfer-Encoding"] = "chunked"
            chunked = True
        time.sleep(reply.get("first", 0))
        head = f"HTTP/1.1 {reply.get('status', 200)} Scripted\r\n"
        line.sendall((head + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n").encode())
        size = reply.get("cut") or max(len(data), 1)
        for at in range(0, len(data), size):
            piece = data[at:at + size]
            line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            if reply.get("pause"):
                time.sleep(reply["pause"])
        if reply.get("end") in ("close", "reset"):
            return False
        if reply.get("end") == "hold":
            self.stop.wait(20)
            return False
        if chunked:
            line.sendall(b"0\r\n\r\n")
        return True
