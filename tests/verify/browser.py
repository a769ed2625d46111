#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""browser.py CHROMIUM PAGE SCRIPT: open a page and go through a script.

Each line of the script is `CLAIM | ACTION | EXPRESSION`.  ACTION is nothing,
`key NAME`, `click SELECTOR`, `go #HASH`, `reload` or `noscript` (load the page
anew without JavaScript); then EXPRESSION, in JavaScript, must be true.  Prints
a line for each, and what the browser complained of.  The browser is spoken to
through a pipe, so nothing listens on a port.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--remote-debugging-pipe", "--window-size=1400,1000"]


class Browser:
    def __init__(self, program, profile):
        to_read, self.out = os.pipe()
        self.inp, to_write = os.pipe()
        # The browser reads commands from 3 and answers on 4.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "sh", program, *FLAGS,
             "--user-data-dir=" + profile, "about:blank"],
            pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.complaints = []

    def read(self):
        while b"\0" not in self.buffer:
            more = os.read(self.inp, 1 << 16)
            if not more:
                sys.exit("browser.py: the browser went away")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if message.get("method") == "Log.entryAdded":
            self.complaints.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(message["params"]["exceptionDetails"]))
        return message

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"browser.py: {method}: {answer['error']}")
                return answer["result"]

    def load(self, url):
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=url)
        while self.read().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression,
                        returnByValue=True)["result"].get("value")

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name)


def perform(browser, url, action):
    verb, _, rest = action.partition(" ")
    if verb == "key":
        browser.key(rest)
    elif verb == "click":
        browser.value(f"document.querySelector({json.dumps(rest)}).click()")
    elif verb == "go":
        browser.value(f"location.hash = {json.dumps(rest)}")
    elif verb in ("load", "noscript"):
        browser.ask("Emulation.setScriptExecutionDisabled", value=verb == "noscript")
        browser.load(url + rest)
    elif verb:
        sys.exit(f"browser.py: what is '{action}'?")


def main():
    program, page, script = sys.argv[1:4]
    url = "file://" + urllib.parse.quote(os.path.abspath(page))
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        browser.session = browser.ask("Target.attachToTarget", targetId=target,
                                      flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            browser.ask(domain + ".enable")
        browser.load(url)
        for line in open(script, encoding="utf-8"):
            if not line.strip():
                continue
            claim, action, expression = (part.strip() for part in line.split("|", 2))
            perform(browser, url, action)
            until = time.monotonic() + 5    # events like hashchange come a moment later
            while not (holds := browser.value(expression)) and time.monotonic() < until:
                time.sleep(0.02)
            print("ok" if holds else "not ok", "-", claim)
            failed = failed or not holds
        for complaint in browser.complaints:
            print("#", complaint)
        browser.session = None
        browser.ask("Browser.close")
        browser.process.wait(20)
    return failed


if __name__ == "__main__":
    sys.exit(main())
