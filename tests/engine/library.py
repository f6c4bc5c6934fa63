# SPDX-License-Identifier: Apache-2.0
"""library.py SOURCE BUILD LIBTINYLM.SO TINYLM.H: the library as a program meets it that embeds it. It shows the
functions of its header and no more, each is explained, it keeps nothing of its own between calls but what
is listed here, and the example is built with what was installed and pkg-config's words alone, shared
and static. Reports in TAP."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "docs"))
import cli  # noqa: E402

source, build, library, header = map(pathlib.Path, sys.argv[1:])
# The mask of the processor's features and what was found; tables of kernels that are filled once; the
# handler of SIGBUS and the maps that it guards.
STATE = {"mask", "detected", "tables", "tables_once", "slots", "once", "installed", "before", "page_size", "places"}
# What every function has, or what is the object that it is about.
PLAIN = {"err", "void", ""}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"^(?!typedef|static|extern|#)(\w[\w \*]*?)\b(tl_\w+) +\(([^;]*?)\)( TL_PRINTF \(\d, \d\))?;",
                         re.MULTILINE)


def output(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def declarations():
    """(name, what it returns, its parameters, its docstring) of each function of the header."""
    text = header.read_text(encoding="utf-8")
    code = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment.group()), text)
    for found in DECLARATION.finditer(code):
        returned, name, parameters, _ = found.groups()
        doc = re.search(rf"/\*\*\n \* {name}:\n((?:(?!\*/).)*)\*/\n\Z", text[:found.start()], re.DOTALL)
        yield name, returned.strip(), re.sub(r"\s+", " ", parameters), doc.group(1) if doc else ""


def shows_what_it_declares():
    declared = {name for name, *_ in declarations()}
    listed = set(re.findall(r"^    (tl_\w+);$", (source / "engine/library/tinylm.map").read_text(), re.MULTILINE))
    shown = {line.split()[2] for line in output("nm", "-D", "--defined-only", library).splitlines()}
    assert len(declared) > 100, declared
    assert listed == declared, f"tinylm.map and the header: {listed ^ declared}"
    assert shown == {f"{name}@@TINYLM_0" for name in declared} | {"TINYLM_0"}, shown


def explains_each_function():
    problems = []
    for name, returned, parameters, doc in declarations():
        if not doc:
            problems.append(f"{name}: no docstring")
            continue
        names = [re.sub(r"\[\]", "", p).split(" ")[-1].lstrip("*") for p in parameters.split(", ")]
        # A method's object needs no word, unless it may be NULL or is what is returned.
        about = 1 if names and re.match(r"(const )?tl_\w+ \*", parameters) else 0
        problems += [f"{name}: nothing on @{p}" for p in names[about:]
                     if p not in PLAIN | {"..."} and f"@{p}" not in doc]
        if returned != "void" and "Returns:" not in doc and not (returned == "bool" and names[-1] == "err"):
            problems.append(f"{name}: nothing on what it returns")
    assert not problems, "\n".join(problems)


def has_a_manual():
    if shutil.which("doxygen") is None:
        return "doxygen is not installed"
    with tempfile.TemporaryDirectory() as folder:
        settings = (build / "engine/library/Doxyfile").read_text(encoding="utf-8")
        said = subprocess.run(["doxygen", "-"], input=f"{settings}\nOUTPUT_DIRECTORY = {folder}\n", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert said.returncode == 0 and not said.stdout, said.stdout
        pages = "".join(page.read_text(encoding="utf-8") for page in pathlib.Path(folder, "html").glob("group__*.html"))
        missing = [name for name, *_ in declarations() if f">{name}()<" not in pages]
        assert not missing, missing
    return None


def keeps_no_other_state():
    # What is of one function: "once.0" of gcc, "tl_function.once" of clang.
    written = {re.sub(r"\.\d+$", "", line.split()[-1]).rpartition(".")[2]
               for line in output("objdump", "-t", library).splitlines()
               if re.search(r"\sO \.(data|bss|tbss|tdata)\s", line)}
    assert "mask" in written, "nothing is recognised"
    assert not written - STATE - {"completed", "__dso_handle", "__TMC_END__"}, written - STATE


def is_one_header_in_c_and_in_cpp():
    with tempfile.TemporaryDirectory() as folder:
        for compiler, suffix, standard in (("cc", "c", "c11"), ("c++", "cc", "c++17")):
            unit = pathlib.Path(folder, f"unit.{suffix}")
            unit.write_text("#include <tinylm.h>\n#include <tinylm.h>\n", encoding="utf-8")
            output(compiler, f"-std={standard}", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
                   "-I", header.parent, unit)


def example_runs_with_what_is_installed():
    example = source / "engine/example.c"
    assert len(example.read_text(encoding="utf-8").splitlines()) <= 60
    with tempfile.TemporaryDirectory() as root:
        output("meson", "install", "--no-rebuild", "--quiet", "--tags", "devel,runtime", "--destdir", root, "-C", build)
        pc = next(pathlib.Path(root).rglob("tinylm-0.pc"))
        env = {**os.environ, "PKG_CONFIG_LIBDIR": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": root,
               "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1"}
        installed = next(pathlib.Path(root).rglob("example.c"))
        for extra, how in ((), "shared"), (("--static",), "static"):
            words = shlex.split(output("pkg-config", *extra, "--cflags", "--libs", "tinylm-0", env=env))
            if extra:
                words = [str(pc.parent.parent / "libtinylm.a") if word == "-ltinylm" else word for word in words]
            program = pathlib.Path(root, how)
            output("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", installed, "-o", program, *words)
            linked = "libtinylm.so.0" in output("readelf", "-d", program)
            assert linked == (how == "shared"), how
            run = {"env": {**os.environ, "LD_LIBRARY_PATH": str(pc.parent.parent)}}
            text = output(program, source / "data/models/meeny.gguf", "The letter", **run)
            assert len(text.split()) > 8, text
            bad = subprocess.run([program, example, "The"], capture_output=True, text=True, check=False, **run)
            assert bad.returncode == 1 and "not a GGUF file" in bad.stderr, bad


sys.exit(cli.run([
    ("shows the functions of its header and no more", shows_what_it_declares),
    ("explains what each function takes and returns", explains_each_function),
    ("has a manual of every function", has_a_manual),
    ("keeps no other state", keeps_no_other_state),
    ("is one header, in C and in C++", is_one_header_in_c_and_in_cpp),
    ("the example runs with what is installed, shared and static", example_runs_with_what_is_installed),
]))
