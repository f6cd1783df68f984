"""Log text as servers write it, made anew from a seed: the formats of rsyslog, journald, nginx, sshd, the kernel, postfix,
dnsmasq, services that log JSON, and programs that log lines of their own, each at the share it has on a small web cluster.
Addresses, hosts, users and paths stand where those programs put them, and a few of them make up most of the traffic."""

import datetime
import json
import random

AGENTS = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 "
          "Mobile/15E148 Safari/604.1", "kube-probe/1.28", "curl/7.88.1", "Go-http-client/1.1", "Prometheus/2.48.1", "-",
          "Mozilla/5.0 (compatible; examplebot/2.1; +http://www.example.com/bot.html)")
PAGES = ("/", "/index.html", "/api/v1/items/{n}?page=2&sort=name", "/static/app.{n}.js", "/static/img/logo.svg", "/healthz",
         "/api/v1/orders/{n}", "/search?q=blue+lamp&page={d}", "/favicon.ico", "/robots.txt", "/api/v2/sessions", "/wp-login.php",
         "/metrics", "/assets/fonts/inter-{d}.woff2")
KERNEL = ("usb 1-{d}: new high-speed USB device number {d} using xhci_hcd", "EXT4-fs (sda1): mounted filesystem with ordered data mode",
          "[UFW BLOCK] IN=eth0 OUT= MAC={mac}:{mac}:08:00 SRC={ip} DST={own} LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID={n} PROTO=TCP "
          "SPT={n} DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0",
          "audit: type=1400 audit(17042{n}.123:{d}): apparmor=\"ALLOWED\" operation=\"open\" profile=\"/usr/sbin/cupsd\" pid={n} "
          "comm=\"cupsd\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
          "RIP: 0033:0x55d0c8{n} Code: 48 8b 05 21 3c 00 00 48 85 c0 74 12 <48> 8b 00 c3 66 0f 1f 44 00 00",
          "traps: worker[{n}] general protection fault ip:55d0c8f0{n} sp:7ffd8e33 error:0 in server[55d0c8e00000+1f000]",
          "TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters.",
          "veth{n}: renamed from eth0", "br-{n}a: port {d}(veth{n}) entered forwarding state",
          "Out of memory: Killed process {n} (java) total-vm:{n}80kB, anon-rss:{n}4kB, file-rss:0kB, shmem-rss:0kB, UID:1000")
SYSTEM = ("systemd[1]: Started session-{d}.scope - Session {d} of User {user}.", "systemd[1]: logrotate.service: Deactivated successfully.",
          "systemd[1]: Starting Daily apt upgrade and clean activities...", "CRON[{n}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
          "CRON[{n}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
          "systemd-logind[812]: New session {d} of user {user}.", "rsyslogd: action 'action-8-builtin:omfwd' resumed (module 'builtin:omfwd')",
          "dockerd[901]: time=\"{time}\" level=info msg=\"ignoring event\" container={hash} module=libcontainerd topic=/tasks/delete",
          "kubelet[1044]: I0102 03:04:05.{n} 1044 pod_startup_latency_tracker.go:102] \"Observed pod startup duration\" "
          "pod=\"shop/cart-{hex}-x{d}\" podStartSLOduration={d}.{n}",
          "chronyd[640]: Selected source {peer} (2.debian.pool.ntp.org)", "NetworkManager[700]: <info>  [17042{n}.0{d}] dhcp4 (eth0): "
          "state changed new lease, address={own}",
          "sudo:    {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx")
SSHD = ("Failed password for invalid user {guess} from {ip} port {n} ssh2", "Connection closed by authenticating user root {ip} port {n} [preauth]",
        "Accepted publickey for {user} from {peer} port {n} ssh2: ED25519 SHA256:{b64}", "Disconnected from user {user} {peer} port {n}",
        "pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)",
        "Received disconnect from {ip} port {n}:11: Bye Bye [preauth]", "Invalid user {guess} from {ip} port {n}")
MAIL = ("postfix/smtpd[{n}]: connect from mail{d}.example.net[{ip}]", "postfix/qmgr[2011]: 4F{hex}: from=<{user}@example.org>, size={n}, "
        "nrcpt=1 (queue active)", "postfix/smtp[{n}]: 4F{hex}: to=<order{d}@example.com>, relay=mx.example.com[{ip}]:25, delay=0.{n}, "
        "delays=0.05/0/0.4/0.2, dsn=2.0.0, status=sent (250 2.0.0 OK {n})", "postfix/anvil[{n}]: statistics: max connection rate 1/60s",
        "dnsmasq-dhcp[611]: DHCPACK(br0) {peer} {mac} tablet-{d}", "dnsmasq[611]: reply api.example.com is {ip}")
OWN = ("INFO  [http-nio-8080-exec-{d}] c.example.orders.OrderService - order {n} confirmed, total 129.90, state=PAID, client={ip}",
       "DEBUG [scheduler-{d}] c.example.jobs.Sweeper - swept {n} rows in {d} ms, next run in 60 s",
       "WARN  [pool-2-thread-{d}] c.example.db.SlowQuery - {n} us: SELECT id, name, price FROM items WHERE category = $1 ORDER BY name",
       "ERROR [main] c.example.store.Cache - failed to open '/var/lib/app/cache/{hex}.tmp': No such file or directory (errno 2)",
       "\tat com.example.orders.OrderRepository.findById(OrderRepository.java:{d})",
       "\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)",
       "gc {n} @12.345s 0%: 0.018+1.2+0.004 ms clock, 0.14+0.35/1.1/3.0+0.036 ms cpu, 4->4->1 MB, 5 MB goal, 8 P",
       "INFO  [grpc-{d}] c.example.rpc.Client - connected to {peer}:9090 in {d} ms (pool size 10, idle 7, waiting 0)",
       "    #3 0x00007f12aa0{n} in handle_request (conn=0x55d0c8f0{n}) at server.c:{d}")
JSON = (("served", ("status", "{d}"), ("path", "/api/v1/orders/{n}"), ("remote_addr", "{ip}"), ("bytes", "{n}")),
        ("job finished", ("queue", "mail"), ("job_id", "{uuid}"), ("attempt", "1"), ("duration_ms", "{n}")),
        ("cache miss", ("key", "items:{n}"), ("shard", "{d}"), ("upstream", "{peer}:6379")),
        ("request", ("trace_id", "{hash}"), ("span_id", "{hex}{hex}"), ("route", "/items/:id"), ("user_agent", "okhttp/4.12.0")))
SHARES = (("nginx", 28), ("json", 18), ("system", 15), ("own", 14), ("sshd", 9), ("kernel", 9), ("mail", 7))


class Writer:
    """Log lines of one cluster."""

    def __init__(self, seed=20):
        self.rng = rng = random.Random(seed)
        self.clock = datetime.datetime(2024, 1, 2, 3, 4, 5)
        self.hosts = ["web1", "web2", "web3", "db1", "mail1", "gw-eu-1"]
        self.users = ["deploy", "anna.berg", "kowalski", "mtanaka", "rosa_p"]
        self.guesses = ["admin", "oracle", "ftpuser", "ubnt", "hadoop1", "steam", "minecraft", "jboss"]
        self.clients = [".".join(str(rng.randrange(1, 255)) for _ in range(4)) for _ in range(4000)]
        self.peers = [f"10.20.{rng.randrange(8)}.{n}" for n in range(2, 60)] + ["2001:db8:20::" + f"{n:x}" for n in range(5, 20)]
        self.macs = [":".join(f"{rng.randrange(256):02x}" for _ in range(6)) for _ in range(60)]
        self.writers = [getattr(self, name) for name, _ in SHARES]
        self.weights = [share for _, share in SHARES]

    def some(self, values):
        """One of them; the first few come most often."""
        return values[min(int(self.rng.paretovariate(0.8)) - 1, len(values) - 1)]

    def fill(self, pattern):
        rng = self.rng
        text = pattern
        for name, make in (("ip", lambda: self.some(self.clients)), ("peer", lambda: self.some(self.peers)), ("own", lambda: self.peers[3]),
                           ("user", lambda: self.some(self.users)), ("guess", lambda: rng.choice(self.guesses)),
                           ("n", lambda: str(rng.randrange(10000, 99999))), ("d", lambda: str(rng.randrange(1, 40))),
                           ("hex", lambda: f"{rng.getrandbits(32):08x}"), ("hash", lambda: f"{rng.getrandbits(256):064x}"),
                           ("uuid", lambda: "%08x-%04x-4%03x-a%03x-%012x" % tuple(rng.getrandbits(n) for n in (32, 16, 12, 12, 48))),
                           ("time", lambda: self.clock.isoformat() + "Z"), ("mac", lambda: self.some(self.macs)),
                           ("b64", lambda: "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
                                                   for _ in range(43)))):
            while "{" + name + "}" in text:
                text = text.replace("{" + name + "}", make(), 1)
        return text

    def head(self):
        """rsyslog's two: of RFC 3164, and of journalctl -o short-iso and newer files."""
        host = self.some(self.hosts)
        if self.rng.random() < 0.6:
            return f"{self.clock:%b} {self.clock.day:2} {self.clock:%H:%M:%S} {host} "
        return f"{self.clock.isoformat()}.{self.rng.randrange(10**6):06}+01:00 {host} "

    def nginx(self):
        referrer = self.rng.choice(("-", "-", "https://shop.example.com/", "https://shop.example.com/search?q=lamp"))
        return self.fill(f"{{ip}} - - [{self.clock:%d/%b/%Y:%H:%M:%S} +0100] \"{self.rng.choice(('GET', 'GET', 'GET', 'POST', 'HEAD'))} "
                         f"{self.rng.choice(PAGES)} HTTP/1.1\" {self.rng.choice((200, 200, 200, 304, 404, 302, 500))} {{n}} "
                         f"\"{referrer}\" \"{self.rng.choice(AGENTS)}\"")

    def json(self):
        message, *fields = self.rng.choice(JSON)
        line = {"time": self.clock.isoformat() + f".{self.rng.randrange(1000):03}Z", "level": self.rng.choice(("info", "info", "debug", "warn")),
                "host": self.some(self.hosts), "caller": f"server/handler.go:{self.rng.randrange(20, 400)}", "msg": message}
        line.update({key: self.fill(value) for key, value in fields})
        return json.dumps(line, separators=(",", ":"))

    def system(self):
        return self.head() + self.fill(self.rng.choice(SYSTEM))

    def sshd(self):
        return self.head() + self.fill("sshd[{n}]: " + self.rng.choice(SSHD))

    def kernel(self):
        return self.head() + self.fill(f"kernel: [{self.rng.randrange(10**5):5}.{self.rng.randrange(10**6):06}] " + self.rng.choice(KERNEL))

    def mail(self):
        return self.head() + self.fill(self.rng.choice(MAIL))

    def own(self):
        text = self.fill(self.rng.choice(OWN))
        return text if text[0] in "\t g" else f"{self.clock:%Y-%m-%d %H:%M:%S},{self.rng.randrange(1000):03} {text}"

    def line(self):
        self.clock += datetime.timedelta(seconds=self.rng.random() < 0.2)
        return self.rng.choices(self.writers, self.weights)[0]()


def log_text(size, planted=0, seed=20):
    """About `size` bytes of lines, of which one in `planted` assigns a password."""
    writer = Writer(seed)
    out, length, at = [], 0, 0
    while length < size:
        at += 1
        text = writer.line()
        if planted and at % planted == 0:
            text = writer.head() + f"app[77]: db_password={writer.rng.getrandbits(64):x}"
        out.append(text)
        length += len(text) + 1
    return ("\n".join(out) + "\n").encode()
