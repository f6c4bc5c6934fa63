# SPDX-License-Identifier: Apache-2.0
"""introspection.py DATA: what a script does with the services through GObject introspection: keep a note in a
store of its own, find it, summarise it, see which models there are, write with one. Reports in TAP."""
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "docs"))
import cli  # noqa: E402

data = pathlib.Path(sys.argv[1])
home = tempfile.TemporaryDirectory()
os.environ.update(HOME=home.name, XDG_DATA_HOME=home.name, TINYLM_DATA_DIR=str(data), LC_ALL="C.UTF-8")

import gi  # noqa: E402

gi.require_version("TinyLM", "0")
from gi.repository import Gio, GLib, TinyLM  # noqa: E402

MEETING = (data / "samples/meeting.md").read_text(encoding="utf-8")


def wait(start, finish, *args):
    """Starts what ends by a callback, and gives what came of it. A failure is raised."""
    loop, results = GLib.MainLoop(), []

    def done(_source, result, *_):
        results.append(result)
        loop.quit()

    start(*args, None, done)
    loop.run()
    return finish(results[0])


def open_store():
    store = TinyLM.Store()
    wait(store.open_async, store.open_finish, os.path.join(home.name, "notes.db"))
    assert not store.get_is_volatile(), store.get_volatile_reason()
    return store


def keeps_notes_and_finds_them(store):
    notes = TinyLM.Notes.new(store)
    wait(notes.load_async, notes.load_finish)
    note = wait(notes.create_async, notes.create_finish, MEETING)
    wait(notes.create_async, notes.create_finish, "Something else")
    assert isinstance(notes, Gio.ListModel) and notes.get_n_items() == 2
    word = MEETING.split()[-2]
    hits = wait(store.search_async, store.search_finish, word, TinyLM.StoreSearch.NOTES, 9)
    assert [hit.get_id() for hit in hits] == [note.get_id()], word
    assert hits[0].get_kind() == TinyLM.HitKind.NOTE and hits[0].get_title() == note.props.title
    assert notes.find(note.get_id()) == note
    assert wait(notes.get_text_async, notes.get_text_finish, note) == MEETING
    wait(notes.save_async, notes.save_finish, note, "Changed")
    assert note.get_title() == "Changed" and note.get_saved()
    wait(notes.trash_async, notes.trash_finish, note)
    assert notes.get_n_items() == 1
    again = TinyLM.Notes.new(store)
    wait(again.load_async, again.load_finish)
    assert [other.get_title() for other in again] == ["Something else"]


def summarises(service):
    summary = wait(service.summarize_async, service.summarize_finish, MEETING, -1)
    bytes_of = MEETING.encode()
    points = summary.get_keypoints()
    assert points and all(0 < point.p <= 1 for point in points), points
    for point in points:
        assert summary.dup_slice(point) == bytes_of[point.start:point.end].decode()
    actions = summary.get_actions()
    assert actions, "the sample has things to do"
    said = json.loads(summary.dup_result())
    assert [point["start"] for point in said["keypoints"]] == [point.start for point in points]
    assert [action["start"] for action in said["actions"]] == [action.sentence.start for action in actions]
    assert summary.get_text() == MEETING and len(summary.get_model_sha256()) == 64


def answers(service):
    good, answer = wait(service.ask_async, service.ask_finish, MEETING, "When does the corner move?")
    assert good and b"children's corner moves" in MEETING.encode()[answer.start:answer.end], (answer.start, answer.end)


def lists_models_and_writes(store, service):
    models = TinyLM.Models.new(store)
    wait(models.load_async, models.finish)
    states = [model.get_state() for model in models.get_list()]
    meeny = next(state for state in states if state.name == "meeny")
    assert meeny.kind == TinyLM.ModelKind.BUILT_IN and meeny.facts.n_params > 5_000_000
    request = TinyLM.GenerateRequest()
    request.init()
    request.model_path, request.prompt, request.max_tokens = meeny.path, "The letter", 12
    text = wait(service.write_async, service.generate_finish, request)
    assert len(text) > 12, text
    try:
        wait(models.import_async, models.finish, str(data / "samples/meeting.md"), True)
    except GLib.Error as error:
        assert "meeting.md" in error.message or "GGUF" in error.message, error
    else:
        raise AssertionError("a note was taken for a model")
    models.shutdown()


store = open_store()
service = TinyLM.EngineService.new(str(data / "models/eeny.gguf"))
status = cli.run([
    ("keeps notes and finds them", lambda: keeps_notes_and_finds_them(store)),
    ("summarises", lambda: summarises(service)),
    ("answers from a note", lambda: answers(service)),
    ("lists models and writes with one", lambda: lists_models_and_writes(store, service)),
])
service.shutdown()
store.close()
sys.exit(status)
