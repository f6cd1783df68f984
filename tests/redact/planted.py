"""Secrets and the places where they are planted. Kinds come from two sources: forms that are written here by hand from what
vendors publish, and the rules' own true examples, whose random parts are made anew (so that no value is known before)."""

import glob
import json
import os
import random
import re
import shlex
import string
import urllib.parse

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def expand(text, rng):
    """An example of a rule as bytes, and its secrets: the escapes of docs/redaction.md, with other random parts."""
    out, secrets, begun, at = bytearray(), [], None, 0
    while at < len(text):
        c = text[at]
        if c == "«":
            begun = len(out)
        elif c == "»":
            secrets.append(bytes(out[begun:]))
        elif c != "\\":
            out += c.encode()
        else:
            at += 1
            c = text[at]
            if c == "g":
                end = text.index("}", at)
                count, letters = text[at + 2:end].split(":", 1)
                letters = re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), letters)
                # Letters and digits both, as in any random value of that length.
                made = [rng.choice(letters) for _ in range(int(count))]
                for kind in (str.isdigit, str.isupper, str.islower):
                    some = [x for x in letters if kind(x)]
                    if some and len(made) >= 8 and not any(map(kind, made)):
                        made[rng.randrange(len(made))] = rng.choice(some)
                out += "".join(made).encode()
                at = end
            elif c == "x":
                out.append(int(text[at + 1:at + 3], 16))
                at += 2
            elif c != "&":
                out += {"n": b"\n", "t": b"\t", "r": b"\r", "\\": b"\\"}[c]
        at += 1
    return bytes(out), secrets


def rules(folder):
    """(name, rank, true examples, false examples) of every rule."""
    found = []
    for path in sorted(glob.glob(f"{folder}/*.rules")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, _, value = line.strip().partition(" ")
                value = value.strip()
                if key == "rule":
                    found.append({"name": value, "file": os.path.basename(path), "rank": "exact", "true": [], "false": []})
                elif found and key in ("true", "false"):
                    found[-1][key].append(value)
                elif found and key == "rank":
                    found[-1]["rank"] = value
    return found


def some(rng, letters, count):
    return "".join(rng.choice(letters) for _ in range(count))


def card(rng):
    digits = [4] + [rng.randrange(10) for _ in range(14)]
    total = sum(d * 2 - 9 * (d > 4) if i % 2 == 0 else d for i, d in enumerate(digits))
    return "".join(map(str, digits + [(10 - total % 10) % 10]))


def jwt(rng):
    return f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{some(rng, ALNUM, 20)}.{some(rng, ALNUM + '-_', 43)}"


def pem(rng):
    lines = "\n".join(some(rng, ALNUM + "+/", 64) for _ in range(6))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n{some(rng, ALNUM, 30)}==\n-----END RSA PRIVATE KEY-----"


# Forms that tell themselves wherever they stand.
FORMS = {
    "aws access key": lambda r: "AKIA" + some(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    "aws temporary key": lambda r: "ASIA" + some(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    "github classic": lambda r: "ghp_" + some(r, ALNUM, 36),
    "github fine-grained": lambda r: "github_pat_" + some(r, ALNUM, 22) + "_" + some(r, ALNUM, 59),
    "github installation": lambda r: "ghs_" + some(r, ALNUM, 36),
    "gitlab personal": lambda r: "glpat-" + some(r, ALNUM + "_-", 20),
    "gitlab runner": lambda r: "glrt-" + some(r, ALNUM + "_-", 20),
    "slack bot": lambda r: f"xoxb-{some(r, string.digits, 12)}-{some(r, string.digits, 13)}-{some(r, ALNUM, 24)}",
    "slack user": lambda r: f"xoxp-{some(r, string.digits, 12)}-{some(r, string.digits, 12)}-{some(r, string.digits, 12)}-{some(r, HEX, 32)}",
    "slack app": lambda r: f"xapp-1-A{some(r, string.ascii_uppercase + string.digits, 10)}-{some(r, string.digits, 13)}-{some(r, HEX, 64)}",
    "slack webhook": lambda r: "https://hooks.slack.com/services/T" + some(r, string.ascii_uppercase + string.digits, 10) + "/B" +
                     some(r, string.ascii_uppercase + string.digits, 10) + "/" + some(r, ALNUM, 24),
    "stripe live": lambda r: "sk_live_" + some(r, ALNUM, 24),
    "stripe long": lambda r: "sk_live_51" + some(r, ALNUM, 97),
    "stripe restricted": lambda r: "rk_live_" + some(r, ALNUM, 24),
    "stripe webhook": lambda r: "whsec_" + some(r, ALNUM, 32),
    "openai project": lambda r: "sk-proj-" + some(r, ALNUM + "_-", 74) + "T3BlbkFJ" + some(r, ALNUM + "_-", 74),
    "openai classic": lambda r: "sk-" + some(r, ALNUM, 20) + "T3BlbkFJ" + some(r, ALNUM, 20),
    "anthropic": lambda r: "sk-ant-api03-" + some(r, ALNUM + "_-", 93) + "AA",
    "google api": lambda r: "AIza" + some(r, ALNUM + "_-", 35),
    "google oauth": lambda r: "ya29." + some(r, ALNUM + "_-", 80),
    "google client secret": lambda r: "GOCSPX-" + some(r, ALNUM + "_-", 28),
    "hugging face": lambda r: "hf_" + some(r, ALNUM, 34),
    "npm": lambda r: "npm_" + some(r, ALNUM, 36),
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + some(r, ALNUM + "_-", 100),
    "digitalocean": lambda r: "dop_v1_" + some(r, HEX, 64),
    "sendgrid": lambda r: "SG." + some(r, ALNUM + "_-", 22) + "." + some(r, ALNUM + "_-", 43),
    "mailgun": lambda r: "key-" + some(r, HEX, 32),
    "mailchimp": lambda r: some(r, HEX, 32) + "-us14",
    "twilio key": lambda r: "SK" + some(r, HEX, 32),
    "telegram bot": lambda r: some(r, "123456789", 10) + ":AA" + some(r, ALNUM + "_-", 33),
    "discord bot": lambda r: "MT" + some(r, ALNUM, 22) + "." + "G" + some(r, ALNUM, 5) + "." + some(r, ALNUM, 38),
    "vault": lambda r: "hvs." + some(r, ALNUM, 90),
    "databricks": lambda r: "dapi" + some(r, HEX, 32),
    "shopify": lambda r: "shpat_" + some(r, HEX, 32),
    "square": lambda r: "sq0atp-" + some(r, ALNUM + "_-", 22),
    "linear": lambda r: "lin_api_" + some(r, ALNUM, 40),
    "notion": lambda r: "ntn_" + some(r, ALNUM, 46),
    "postman": lambda r: "PMAK-" + some(r, HEX, 24) + "-" + some(r, HEX, 34),
    "new relic": lambda r: "NRAK-" + some(r, string.ascii_uppercase + string.digits, 27),
    "grafana": lambda r: "glsa_" + some(r, ALNUM, 32) + "_" + some(r, HEX, 8),
    "doppler": lambda r: "dp.pt." + some(r, ALNUM, 43),
    "age key": lambda r: "AGE-SECRET-KEY-1" + some(r, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "docker hub": lambda r: "dckr_pat_" + some(r, ALNUM + "_-", 27),
    "terraform": lambda r: some(r, ALNUM, 14) + ".atlasv1." + some(r, ALNUM + "_-", 67),
    "azure storage": lambda r: "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=" + some(r, ALNUM + "+/", 86) + "==",
    "jwt": jwt,
    "pem": pem,
    "card": card,
    "groq": lambda r: "gsk_" + some(r, ALNUM, 52),
    "replicate": lambda r: "r8_" + some(r, ALNUM, 37),
    "perplexity": lambda r: "pplx-" + some(r, ALNUM, 48),
    "atlassian": lambda r: "ATATT3xFfGF0" + some(r, ALNUM + "_-=", 180),
    "supabase": lambda r: "sbp_" + some(r, HEX, 40),
    "sentry": lambda r: "sntrys_eyJ" + some(r, ALNUM, 100),
    "unix hash": lambda r: "$6$" + some(r, ALNUM, 12) + "$" + some(r, ALNUM + "./", 86),
    "bcrypt": lambda r: "$2b$12$" + some(r, ALNUM + "./", 53),
}
# Where such a value may stand. The text holds "@V@" in its place.
PLACES = {
    "alone": "@V@", "sentence": "it said @V@, then stopped", "end of sentence": "the value was @V@.", "quoted": 'got "@V@" from it',
    "single quotes": "got '@V@' from it", "brackets": "[@V@] (@V@) <@V@>", "backquotes": "run `@V@` now",
    "environment": "FOO_BAR=@V@\nPATH=/usr/bin", "export": 'export FOO="@V@"', "proc environ": "PATH=/bin\0FOO=@V@\0HOME=/root\0",
    "proc cmdline": "app\0--thing\0@V@\0-v\0", "command line": "$ app --thing @V@ -v", "option=": "app --thing=@V@ run", "set": "set FOO @V@",
    "header": "curl -H 'X-Thing: @V@' http://localhost/", "log": "2024-01-02T03:04:05Z web7 app[12]: request with @V@ failed",
    "log pairs": "level=info msg=\"x\" thing=@V@ id=1", "json": '{"thing":"@V@","n":1}', "json spaced": '{ "thing" : "@V@" , "n" : 1 }',
    "json in json": '{"log":"{\\"thing\\":\\"@V@\\"}"}', "json escapes": '{"log":"one\\n@V@\\ntwo\\t@V@"}', "yaml": "thing: @V@\nother: 1",
    "yaml list": "- '@V@'\n- \"@V@\"", "toml": "thing = \"@V@\"", "ini": "[a]\nthing=@V@\n", "xml": "<thing>@V@</thing>", "xml attribute": '<a thing="@V@"/>',
    "csv": "1,@V@,2", "tabs": "1\t@V@\t2", "url query": "GET /x?thing=@V@&n=1 HTTP/1.1", "url last": "https://h.example/x?thing=@V@",
    "url path": "https://h.example/@V@/x", "fragment": "https://h.example/#thing=@V@", "lines": "one\n@V@\ntwo\n", "crlf": "one\r\n@V@\r\ntwo\r\n",
    "strace": 'write(3, "thing: @V@\\r\\n", 80) = 80', "python": "{'thing': '@V@', 'b': b'@V@'}", "go": 'map[thing:@V@ n:1]', "c": "const char *x = \"@V@\";",
    "gdb": '$1 = 0x55d0c8 "@V@"', "colour": "\x1b[31m@V@\x1b[0m", "invalid": "\xff\xfe@V@\xff", "here": "cat <<EOF\n@V@\nEOF", "sql": "INSERT INTO t VALUES (1, '@V@');",
    "diff": "+@V@\n-@V@", "table": "| a | @V@ | b |", "arrow": "a => '@V@'",
    "far": "nothing of note in here, " * 23 + "but @V@ " + "and nothing of note behind it either, " * 17,
}
# Passwords, which only what stands around them tells.
PASSWORDS = ("password=@V@", "DB_PASSWORD=@V@", "export MYSQL_PASSWORD='@V@'", "PGPASSWORD=@V@ psql", "--password @V@", "--password=@V@ x",
             "mysql -u root -p@V@ app", "curl -u alice:@V@ http://localhost/", "curl --user alice:@V@ http://localhost/",
             "wget --password=@V@ http://localhost/", "sshpass -p @V@ ssh a@b", '{"password":"@V@"}', '{"user":"a", "password" : "@V@" }',
             '{"log":"{\\"password\\":\\"@V@\\"}"}', "password: @V@\nother: 1", "password: \"@V@\"", "spring.datasource.password=@V@",
             "postgres://app:@V@@db.example/app", "redis://:@V@@cache:6379/0", "amqp://u:@V@@mq/", "mongodb+srv://u:@V@@c.example/x",
             "https://u:@V@@git.example/a.git", "jdbc:mysql://db/x?user=a&password=@V@&ssl=1", "Server=db;User Id=sa;Password=@V@;Encrypt=yes",
             "<password>@V@</password>", "define('DB_PASSWORD', '@V@');", "machine h login me password @V@", "requirepass @V@",
             "IDENTIFIED BY '@V@'", "user=a password=@V@ host=db", "POST /login?user=a&password=@V@ HTTP/1.1", "GET /?passwd=@V@&x=1",
             "pass: @V@", "'password': '@V@'", "password => '@V@'", ":password => \"@V@\"", "ansible_ssh_pass=@V@", "secret=@V@", "client_secret=@V@",
             "aws_secret_access_key = @V@", "SECRET_KEY='@V@'", "api_key=@V@", "apikey: @V@", "X-Api-Key: @V@", "access_token=@V@", "auth_token: \"@V@\"",
             "Authorization: Bearer @V@", "-H 'Authorization: Bearer @V@'", "-H \"Authorization: token @V@\"", "Cookie: sid=@V@; a=b",
             "Set-Cookie: session=@V@; Path=/", "session_token=@V@", "refresh_token\":\"@V@\"", "docker login -u me -p @V@ r.example", "redis-cli -a @V@ ping",
             "- name: DB_PASSWORD\n  value: @V@\n", '{"name":"DB_PASSWORD","value":"@V@"}', "app\0--password\0@V@\0", "A=1\0DB_PASSWORD=@V@\0B=2\0",
             "password%3D@V@%26x%3D1", "?a=1%26password%3D@V@", "http.proxy=http://u:@V@@proxy:3128", "openssl rsa -passin pass:@V@", "snmpwalk -v2c -c @V@ h",
             "echo @V@ | sudo -S id", "echo 'root:@V@' | chpasswd", "psk=\"@V@\"", "bindpw @V@", "ldapsearch -w @V@ -x", "smbclient //s/x -U a%@V@")


def variants(rng):
    """Passwords as people and machines make them."""
    words = ("Correct", "horse", "Battery", "tiger", "Winter", "dragon")
    return [some(rng, ALNUM, 16), rng.choice(words) + rng.choice(words) + str(rng.randrange(10, 99)) + rng.choice("!#*%"),
            some(rng, string.ascii_lowercase, 9) + str(rng.randrange(9))]


def cases(folder, seed):
    """Yields (name, flags, text, secrets)."""
    rng = random.Random(seed)
    for name, form in FORMS.items():
        for place, pattern in PLACES.items():
            value = form(rng)
            if "\n" in value and place not in ("alone", "lines", "here", "yaml", "environment", "gdb", "c", "export"):
                continue
            text = pattern.replace("@V@", value)
            yield f"{name} / {place}", 2 if place == "log pairs" else 0, text.encode("latin-1"), [v.encode() for v in value.split("\n") if not v.startswith("-")]
        value = form(rng)
        quoted = urllib.parse.quote(value, safe="")
        yield f"{name} / percent", 0, f"GET /x?next=%2Fy%3Fthing%3D{quoted}%26n%3D1".encode(), [quoted.encode()] + (
            [] if "\n" in value else [value.split(".")[-1].encode()])
    for i, pattern in enumerate(PASSWORDS):
        for value in variants(rng):
            if "%" in value and "%3D" in pattern:
                continue
            yield f"password {pattern}", 2 if i % 4 == 0 else 0, pattern.replace("@V@", value).encode(), [value.encode()]
            yield f"password in a log: {pattern}", 0, f"Jan  2 03:04:05 web7 app[1]: ran {pattern.replace('@V@', value)}\n".encode(), [value.encode()]
            line = f"2024-01-02 03:04:05,123 DEBUG main - got {pattern.replace('@V@', value)} back\n"
            yield f"password in a line: {pattern}", 0, line.encode(), [value.encode()]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "lines"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#"):
                continue
            kind, pattern = line.rstrip("\n").split(None, 1)
            text, secrets = expand(pattern, rng)
            for flags in {"hide": (0,), "who": (1,), "keep": (4,), "both": (4, 5)}[kind]:
                yield f"lines:{number} ({kind})", flags, text, secrets
    for rule in rules(folder):
        identity = 1 if rule["rank"] == "identity" else 0
        for example in rule["true"]:
            text, secrets = expand(example, rng)
            yield f"rule {rule['name']} / itself", identity | 2, text, secrets
            for name, wrapped in wrap(text):
                yield f"rule {rule['name']} / {name}", identity, wrapped, [
                    json.dumps(s.decode("latin-1"))[1:-1].encode("latin-1") if "json" in name else s for s in secrets]
            for name, wrapped in argv(text) if rule["file"] in ("commands.rules", "logins.rules", "tools.rules") else ():
                yield f"rule {rule['name']} / {name}", identity, wrapped, secrets


def argv(text):
    """A command line as the list of words that programs write."""
    try:
        words = shlex.split(text.decode())
    except ValueError:
        return
    # What a shell alone understands is in no such list.
    if len(words) < 2 or not re.match(r"[\w.-]+$", words[0]) or not any(re.match(r"--?[a-zA-Z]", w) for w in words[1:]) or re.search(r"[\n|<>\\]", text.decode()):
        return
    quoted = ", ".join(json.dumps(w) for w in words)
    yield "strace", f'[pid 12] execve("/usr/bin/{words[0]}", [{quoted}], 0x7ffd1 /* 21 vars */) = 0'.encode()
    yield "words", json.dumps({"cmd": words, "id": 1}).encode()
    yield "packed words", json.dumps(words, separators=(",", ":")).encode()
    yield "inspect", json.dumps({"Path": words[0], "Args": words[1:], "Id": "x"}, indent=4).encode()
    yield "manifest", f'command: ["{words[0]}"]\n  args: {json.dumps(words[1:])}\n'.encode()
    yield "words in a string", json.dumps({"log": f"exec [{quoted}] failed\n"}).encode()
    yield "python", f"CalledProcessError: Command '{words!r}' returned 1".encode()
    yield "go", f'exec: [{" ".join(json.dumps(w) for w in words)}]'.encode()
    yield "call", f'exec.Command({quoted})'.encode()
    if not any(" " in w for w in words):
        for nul in ("\\x00", "\\0", "\\u0000", "\0"):
            yield f"parted by {nul!r}", ("comm " + nul.join(words) + nul).encode()


def wrap(text):
    """The example within other text: what stood at the beginning of a line still does."""
    if text.isascii() and b"\x1b" not in text:
        inner = json.dumps(text.decode())
        yield "json string", f'{{"log":{inner},"stream":"stderr"}}'.encode()
    yield "between lines", b"one line\n" + text + b"\nanother line\n"
    if b"\n" not in text:
        yield "crlf", text + b"\r\nnext\r\n"
