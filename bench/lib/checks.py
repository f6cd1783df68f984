"""Judges the content of a trace's JSON object against the check lines of a question.

A check line is a list of alternatives; one of them must hold. Every function returns None when it holds, or why not.
"""

import errno
import fnmatch
import math
import re
import signal

SECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "sec": 1e9, "seconds": 1e9, "nanoseconds": 1,
           "microseconds": 1e3, "milliseconds": 1e6, "µs": 1e3}
BYTES = {"bytes": 1, "byte": 1, "b": 1, "kb": 1024, "kib": 1024, "mb": 1 << 20, "mib": 1 << 20}
SUFFIX = {"ns": ("time", 1), "us": ("time", 1e3), "ms": ("time", 1e6), "s": ("time", 1e9),
          "k": ("bytes", 1024), "m": ("bytes", 1 << 20), "B": ("bytes", 1)}
SAME = {"comm": "process", "thread": "tid", "filename": "file", "path": "file", "errno": "error", "uid": "user",
        "sig": "signal", "dev": "device", "disk": "device", "ustack": "stack", "kstack": "stack"}


class Wrong(Exception):
    """The alternative does not hold."""


def unit_of(text):
    """The family (time, bytes, other) and factor of a map's unit, and whether it is a rate."""
    text = (text or "").strip().lower()
    rate = text.endswith("/s") or text.endswith("per second")
    text = re.sub(r"\s*(/s|per second)$", "", text)
    if text in SECONDS:
        return "time", SECONDS[text], rate
    if text in BYTES:
        return "bytes", BYTES[text], rate
    return "other", 1, rate


def bound(text):
    match = re.fullmatch(r"(-?[0-9.]+)([a-zA-Z]*)", text)
    if not match or (match[2] and match[2] not in SUFFIX):
        raise SystemExit(f"'{text}' is not a number with an optional unit")
    family, factor = SUFFIX.get(match[2], ("other", 1))
    return float(match[1]) * factor, family


def bounds(text):
    """LO..HI with either side open; the family is that of the side that names a unit."""
    low, dots, high = text.partition("..")
    if not dots:
        high = low
    low, family_low = bound(low) if low else (-math.inf, "other")
    high, family_high = bound(high) if high else (math.inf, "other")
    return low, high, family_low if family_low != "other" else family_high


def inside(number, low, high):
    return low <= number <= high


def role(name):
    return SAME.get(name, name)


def spellings(key, value):
    """The ways in which one key value may rightly be written."""
    text = str(value)
    found = {text, text.lower(), text.strip()}
    if key == "syscall" or key == "any":
        found.add(re.sub(r"^(tracepoint:syscalls:)?(__x64_)?(sys_)?(enter_|exit_)?", "", text))
    if key in ("error", "any") and re.fullmatch(r"-?\d+", text):
        found.add(errno.errorcode.get(abs(int(text)), text))
    if key in ("signal", "any") and re.fullmatch(r"\d+", text):
        found |= {item.name for item in signal.Signals if item.value == int(text)}
    if key in ("signal", "any"):
        found.add("SIG" + text)
    return found


class Selector:
    """Which rows or events: KEY=GLOB|GLOB, KEY~REGEX, or `me` for the question's own workload."""

    def __init__(self, words, me):
        self.words, self.me = words, me

    def holds(self, pairs):
        return all(self.word_holds(word, pairs) for word in self.words)

    def word_holds(self, word, pairs):
        if word == "me":
            return any((key == "process" and str(value) in self.me["names"])
                       or (key in ("pid", "tid") and str(value) in self.me["pids"]) for key, value in pairs)
        match = re.fullmatch(r"(\w+)([=~])(.*)", word, re.S)
        if not match:
            raise SystemExit(f"'{word}' selects nothing: write KEY=GLOB, KEY~REGEX or me")
        wanted, how, pattern = role(match[1]), match[2], match[3]
        for key, value in pairs:
            if wanted not in ("any", key):
                continue
            for text in spellings(wanted if wanted != "any" else key, value) | spellings(wanted, value):
                if how == "~" and re.search(pattern, text):
                    return True
                if how == "=" and any(fnmatch.fnmatchcase(text, one) for one in pattern.split("|")):
                    return True
        return False


def pairs_of(keys, row):
    values = row.get("key", [])
    values = values if isinstance(values, list) else [values]
    names = [role(name) for name in keys or []] + ["any"] * len(values)
    return list(zip(names, values))


def rows_of(trace_map, select):
    return [row for row in trace_map.get("rows", []) if select.holds(pairs_of(trace_map.get("keys"), row))]


def over_maps(answer, judge):
    """The first map that satisfies JUDGE is enough; otherwise the reasons of all."""
    maps = (answer.get("result") or {}).get("maps") or []
    reasons = []
    for trace_map in maps:
        try:
            judge(trace_map)
            return
        except Wrong as wrong:
            reasons.append(f"{trace_map.get('name', '@')}: {wrong}")
    raise Wrong("; ".join(reasons) or "the result has no map")


def scaled(trace_map, number, family):
    mine, factor, _ = unit_of(trace_map.get("unit"))
    if mine != family and "time" in (mine, family):
        raise Wrong(f"unit '{trace_map.get('unit')}' where {family} was asked for")
    return number * factor


def plain_values(trace_map, rows):
    if trace_map.get("kind") in ("histogram", "stats", "average", "avg"):
        raise Wrong(f"a {trace_map['kind']}, not plain numbers")
    return [row["value"] for row in rows if isinstance(row.get("value"), (int, float))]


def check_row(answer, words, me, want_rate=False):
    *select, what, span = words
    if what != "value":
        raise SystemExit(f"write: row SELECTORS value LO..HI, not '{' '.join(words)}'")
    low, high, family = bounds(span)
    select = Selector(select, me)

    def judge(trace_map):
        rate = unit_of(trace_map.get("unit"))[2]
        if rate != want_rate:
            raise Wrong("a rate where a total was asked for" if rate else "a total where a rate was asked for")
        values = plain_values(trace_map, rows_of(trace_map, select))
        if not values:
            raise Wrong(f"no row for {' '.join(select.words)}")
        total = scaled(trace_map, sum(values), family)
        if not inside(total, low, high):
            raise Wrong(f"{total:g} is not in {span}")
    over_maps(answer, judge)


def check_total(answer, words, me):
    check_row(answer, ["value"] + words, me)


def check_rate(answer, words, me):
    check_row(answer, words[:-1] + ["value", words[-1]], me, True)


def buckets_of(trace_map, select):
    if trace_map.get("kind") != "histogram":
        raise Wrong(f"a {trace_map.get('kind')}, not a histogram")
    return [bucket for row in rows_of(trace_map, select) for bucket in row.get("buckets") or []]


def edge(bucket, name, otherwise):
    value = bucket.get(name)
    return otherwise if value is None else value


def check_hist(answer, words, me):
    """hist SELECTORS total LO..HI | at VALUE LO..HI | between LO..HI count LO..HI"""
    for where, word in enumerate(words):
        if word in ("total", "at", "between"):
            break
    else:
        raise SystemExit("hist needs total, at or between")
    select, how, span = Selector(words[:where], me), words[where], words[-1]
    low, high, _ = bounds(span)
    first, last, family = bounds(words[where + 1]) if how != "total" else (-math.inf, math.inf, None)

    def judge(trace_map):
        found = 0
        for bucket in buckets_of(trace_map, select):
            start, end = edge(bucket, "min", -math.inf), edge(bucket, "max", math.inf)
            if family:
                start, end = scaled(trace_map, start, family), scaled(trace_map, end + 1, family)
            else:
                end += 1
            if start <= last and (first < end or (how == "at" and first == start)):
                found += bucket.get("count", 0)
        if not inside(found, low, high):
            raise Wrong(f"{found} entries in the buckets asked for, not {span}")
    over_maps(answer, judge)


def check_stat(answer, words, me, field):
    *select, span = words
    low, high, family = bounds(span)
    select = Selector(select, me)

    def judge(trace_map):
        values = []
        for row in rows_of(trace_map, select):
            stats = row.get("stats")
            if isinstance(stats, dict) and isinstance(stats.get(field), (int, float)):
                values.append(stats[field])
            elif isinstance(row.get(field), (int, float)):    # several statistics stand in one row
                values.append(row[field])
            elif trace_map.get("kind") in ("stats", "value", "average", "avg", field) and "value" in row:
                values.append(row["value"])
        if not values:
            raise Wrong(f"no {field} for {' '.join(select.words) or 'any row'}")
        for value in values:
            value = scaled(trace_map, value, family)
            if not inside(value, low, high):
                raise Wrong(f"{field} {value:g} is not in {span}")
    over_maps(answer, judge)


def event_pairs(event):
    return [(role(key), value) for key, value in event.items()]


def check_event(answer, words, me):
    *select, what, span = words
    if what != "count":
        raise SystemExit(f"write: event SELECTORS count LO..HI, not '{' '.join(words)}'")
    low, high, _ = bounds(span)
    events = (answer.get("result") or {}).get("events") or []
    select = Selector(select, me)
    found = sum(select.holds(event_pairs(event)) for event in events)
    if not inside(found, low, high):
        raise Wrong(f"{found} of {len(events)} events for {' '.join(select.words)}, not {span}")


def check_top(answer, words, me):
    select = Selector(words, me)

    def judge(trace_map):
        rows = trace_map.get("rows") or []
        if not rows or not select.holds(pairs_of(trace_map.get("keys"), rows[0])):
            raise Wrong(f"the first row is {rows[0].get('key') if rows else 'missing'}")
    over_maps(answer, judge)


def check_only(answer, words, me):
    select = Selector(words, me)
    result = answer.get("result") or {}
    for trace_map in result.get("maps") or []:
        if not (set(role(key) for key in trace_map.get("keys") or []) & {"process", "pid", "tid", "user", "file"}):
            continue
        for row in trace_map.get("rows") or []:
            if not select.holds(pairs_of(trace_map.get("keys"), row)):
                raise Wrong(f"a row for {row.get('key')} besides {' '.join(words)}")
    for event in result.get("events") or []:
        if not select.holds(event_pairs(event)):
            raise Wrong(f"an event of {event.get('process')} besides {' '.join(words)}")


def check_rows(answer, words, me):
    """How many rows a map shows: for `top N`."""
    low, high, _ = bounds(words[0])

    def judge(trace_map):
        count = len(trace_map.get("rows") or [])
        if not inside(count, low, high):
            raise Wrong(f"{count} rows, not {words[0]}")
    over_maps(answer, judge)


def check_intervals(answer, words, me):
    low, high, _ = bounds(words[0])
    intervals = (answer.get("result") or {}).get("intervals") or []
    if not inside(len(intervals), low, high):
        raise Wrong(f"{len(intervals)} intervals, not {words[0]}")


def check_ticks(answer, words, me):
    """ticks SELECTORS value LO..HI: what `row` says, of the sum over all intervals."""
    *select, what, span = words
    if what != "value":
        raise SystemExit(f"write: ticks SELECTORS value LO..HI, not '{' '.join(words)}'")
    low, high, _ = bounds(span)
    intervals = (answer.get("result") or {}).get("intervals") or []
    maps = [trace_map for interval in intervals for trace_map in interval.get("maps") or []]
    select = Selector(select, me)
    total = sum(value for trace_map in maps for value in plain_values(trace_map, rows_of(trace_map, select)))
    if not inside(total, low, high):
        raise Wrong(f"{total:g} over {len(intervals)} intervals is not in {span}")


def check_absent(answer, words, me):
    select = Selector(words, me)
    result = answer.get("result") or {}
    rows = [row.get("key") for trace_map in result.get("maps") or [] for row in rows_of(trace_map, select)]
    events = [event for event in result.get("events") or [] if select.holds(event_pairs(event))]
    if rows or events:
        raise Wrong(f"{(rows + events)[0]} should not be in the result")


def check_status(answer, words, me):
    if answer.get("status") not in words[0].split("|"):
        raise Wrong(f"status {answer.get('status')}, not {words[0]}")
    for word in words[1:]:
        if not re.search(word.removeprefix("why~"), answer.get("why") or "", re.I):
            raise Wrong(f"the reason '{answer.get('why')}' does not say {word}")


def check_program(answer, words, me):
    text = answer.get("program") or ""
    for word in words:
        if not re.search(word.removeprefix("~"), text):
            raise Wrong(f"the program has no {word}")


CHECKS = {
    "row": check_row, "total": check_total, "rate": check_rate, "hist": check_hist, "event": check_event,
    "top": check_top, "only": check_only, "rows": check_rows, "intervals": check_intervals, "ticks": check_ticks,
    "absent": check_absent, "status": check_status, "program": check_program,
    "avg": lambda answer, words, me: check_stat(answer, words, me, "average"),
    "max": lambda answer, words, me: check_stat(answer, words, me, "max"),
    "min": lambda answer, words, me: check_stat(answer, words, me, "min"),
}


def hold(answer, alternatives, me):
    """None when one alternative holds, else the reasons. An alternative may join several checks with `and`."""
    reasons = []
    for words in alternatives:
        try:
            part = []
            for word in words + ["and"]:
                if word != "and":
                    part.append(word)
                    continue
                if part[0] not in CHECKS:
                    raise SystemExit(f"'{part[0]}' is no check; known are: {' '.join(CHECKS)}")
                CHECKS[part[0]](answer, part[1:], me)
                part = []
            return None
        except Wrong as wrong:
            reasons.append(f"{' '.join(words)}: {wrong}")
    return " | ".join(reasons)


def judge(answer, case, fill, me):
    """right, verdict or wrong, with the reason."""
    status = answer.get("status")
    for check in case.checks:
        alternatives = [[fill(word) for word in words] for words in check]
        honest = any("status" in words or "program" in words for words in alternatives)
        if status not in ("ok", "print", "printed") and not honest:
            reason = f"{status}: {answer.get('why') or 'no reason given'}"
        else:
            reason = hold(answer, alternatives, me)
        if reason:
            return ("wrong" if status in ("ok", "print", "printed") else "verdict"), reason
    return "right", ""
