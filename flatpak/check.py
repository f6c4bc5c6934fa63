# SPDX-License-Identifier: Apache-2.0
"""check.py MANIFEST: the installed Flatpak, as its user meets it. A note is typed and summarised, in
English and in German, and read from a PDF document and a mail; then a network is looked for from
inside, where each look is first made with --share=network, so that it is known to find one. Speaks
TAP. Runs in a session of its own."""

import email.message
import json
import os
import socket
import subprocess
import sys
import traceback
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/desktop"))
from desktop import Atspi, Program, children, type_into, wait_for, walk  # noqa: E402

APP = "com.sprapp.TinyLM"
NOTE = """# Harbour fair

We decided to move the fair from 3 June to 10 June because the pier is not repaired yet.
Ruth will call the harbour master by Friday and ask for a second mooring.

Oluf brought cake.
"""
GRANTED = {"shared": {"ipc"}, "sockets": {"x11", "wayland", "fallback-x11"}, "devices": {"dri"}}
# Interfaces first, then what a connection to the address and port in $1 and $2 came to.
PROBE = """sed -n 's/ *\\([^ :]*\\):.*/\\1/p' /proc/net/dev | sort | tr '\\n' ' '
(exec 3<>/dev/tcp/$1/$2) 2>/dev/null && echo connected || echo refused"""

# Writes its input into the file $1, which only the sandbox has.
SUMMARIZE = 'cat >"/tmp/$1" && tinylm-cli summarize --json "/tmp/$1"'


class Sandboxed(Program):
    """Its messages come through flatpak's proxy, so it is known by being the only one here."""

    def __init__(self, *options):
        super().__init__("flatpak", "run", *options, APP)

    def _find_app(self):
        assert self.process.poll() is None, "the program has ended"
        return next(children(Atspi.get_desktop(0)), None)

    def end(self):
        subprocess.run(["flatpak", "kill", APP], check=True)
        self.process.wait()
        wait_for("an end", lambda: next(children(Atspi.get_desktop(0)), None) is None)


def output(*command, check=True, given=None):
    return subprocess.run(command, check=check, input=given, stdout=subprocess.PIPE).stdout.decode()


def inside(command, *options, **how):
    return output("flatpak", "run", *options, f"--command={command[0]}", APP, *command[1:], **how)


def asks_for_four_things_only(manifest):
    sections = {}
    for line in output("flatpak", "info", "--show-permissions", APP).splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif "=" in line:
            key, value = line.split("=", 1)
            section[key] = set(filter(None, value.split(";")))
    assert sections == {"Context": GRANTED}, sections


def summarizes(program, text_name, keys_name):
    program.action("win.new-note")
    editor = program.wait(Atspi.Role.TEXT, text_name)
    wait_for("an editor that takes text",
             lambda: editor.get_state_set().contains(Atspi.StateType.EDITABLE))
    type_into(editor, NOTE)
    keys = program.wait(Atspi.Role.LIST, keys_name)
    row = wait_for("a key point", lambda: next(
        (n for n in walk(keys) if n.get_role() == Atspi.Role.LIST_ITEM), None))
    sentence = " ".join(row.get_name().split())
    assert sentence and sentence in " ".join(NOTE.split()), sentence
    print(f"# {keys_name}: {sentence}")


def pid_of_the_program():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as f:
                if f.read().strip() == "tinylm" and os.stat(f"/proc/{pid}").st_uid == os.getuid():
                    return pid
        except OSError:  # it ended meanwhile
            pass
    raise AssertionError("no process called tinylm")


def summarizes_and_has_no_network(manifest):
    program = Sandboxed()
    summarizes(program, "Note text", "Key points")
    pid = pid_of_the_program()
    with open(f"/proc/{pid}/net/dev") as f:
        interfaces = [line.split(":")[0].strip() for line in f.readlines()[2:]]
    assert interfaces == ["lo"], interfaces
    with open(f"/proc/{pid}/status") as f:
        status = dict(line.split(":\t", 1) for line in f.read().splitlines() if ":\t" in line)
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status
    program.end()


def speaks_german(manifest):
    program = Sandboxed("--env=LC_ALL=de_DE.UTF-8")
    summarizes(program, "Text der Notiz", "Kernpunkte")
    program.end()


def make_pdf(text):
    shown = "".join(f"({line}) Tj T*\n" for line in text.splitlines())
    page = zlib.compress(f"BT /F 9 Tf 11 TL 50 700 Td\n{shown}ET".encode())
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources"
             b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
             b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(page), page)]
    pdf, starts = b"%PDF-1.4\n", b""
    for number, part in enumerate(parts, 1):
        starts += b"%010d 00000 n \n" % len(pdf)
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    return pdf + (b"xref\n0 5\n0000000000 65535 f \n%strailer\n<</Size 5/Root 1 0 R>>\n"
                  b"startxref\n%d\n%%%%EOF\n" % (starts, len(pdf)))


def make_mail(text):
    mail = email.message.EmailMessage()
    mail["From"] = "Ruth <ruth@example.org>"
    mail["Subject"] = "Harbour fair"
    mail.set_content(text, cte="base64")
    return bytes(mail)


def reads_pdf_and_mail(manifest):
    for name, document in ("note.pdf", make_pdf(NOTE)), ("note.eml", make_mail(NOTE)):
        read = json.loads(inside(["sh", "-c", SUMMARIZE, "read", name], given=document))
        assert read["decoded_from"] == name[-3:].upper(), read
        assert any(key["text"] in NOTE for key in read["keypoints"]), read


def cannot_connect(manifest):
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = ["bash", "-c", PROBE, "probe", "127.0.0.1", str(server.getsockname()[1])]
        assert inside(probe, "--share=network").endswith("connected\n"), "this probe finds nothing"
        assert inside(probe) == "lo refused\n", inside(probe)


def privacy(*options):
    # It exits with 1 where something is broken.
    return json.loads(inside(["tinylm-cli", "privacy", "--json"], *options, check=False))


def proves_it_itself(manifest):
    assert privacy()["broken"] == 0, privacy()
    for opened in "--share=network", "--filesystem=home":
        assert privacy(opened)["broken"] > 0, f"{opened} went unnoticed"


def sees_no_home(manifest):
    path = os.path.join(os.environ["HOME"], "secret.txt")
    with open(path, "w") as f:
        f.write("secret\n")
    look = ["sh", "-c", 'test -e "$1" && echo seen || echo unseen', "look", path]
    assert inside(look, "--filesystem=home") == "seen\n", "this look finds nothing"
    assert inside(look) == "unseen\n"


def brings_every_licence(manifest):
    with open(manifest) as f:
        modules = {module["name"] for module in json.load(f)["modules"]}
    found = set(inside(["ls", f"/app/share/licenses/{APP}"]).split())
    assert found == modules, (found, modules)


def main():
    checks = [asks_for_four_things_only, summarizes_and_has_no_network, speaks_german,
              reads_pdf_and_mail, cannot_connect, proves_it_itself, sees_no_home,
              brings_every_licence]
    failed = 0
    print(f"1..{len(checks)}")
    for n, check in enumerate(checks, 1):
        try:
            check(sys.argv[1])
            verdict = "ok"
        except Exception:
            traceback.print_exc()
            verdict = "not ok"
            failed += 1
        print(f"{verdict} {n} - {check.__name__.replace('_', ' ')}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
