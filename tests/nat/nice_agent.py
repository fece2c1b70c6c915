"""An ICE agent that nobody here wrote: libnice's, for relayed_test.py. Its words are lines of JSON.

usage: nice_agent.py first|second KIND HOST PORT USER PASSWORD CANARY     KIND: udp, tcp, tls

    ->  {"sdp": "..."}             what it may be reached at
    <-  {"sdp": "..."}             the other's
    ->  {"pair": ["relayed", "relayed"], "sdp": "..."}   the kinds of the pair that was chosen
    ->  {"back": 100}              first: how many of its 100 datagrams with CANARY came back

By ctypes, so that the library's package is enough. Exit 77: it is not installed.
"""
import ctypes, ctypes.util, json, sys

COUNT = 100
DONE, READY, FAILED = 0, 4, 5
KINDS = ("host", "reflexive", "peer-reflexive", "relayed")
SECONDS = 60
void, uint, text = ctypes.c_void_p, ctypes.c_uint, ctypes.c_char_p


def library(name, sonames):
    for soname in sonames:
        try:
            return ctypes.CDLL(soname)
        except OSError:
            pass
    print(f"skipped: {name} is not installed (tools/setup dev)", file=sys.stderr)
    sys.exit(77)


nice = library("libnice", ["libnice.so.10"])
glib = library("GLib", ["libglib-2.0.so.0"])
gobject = library("GObject", ["libgobject-2.0.so.0"])


def function(where, name, result, *arguments):
    f = getattr(where, name)
    f.restype, f.argtypes = result, list(arguments)
    return f


new = function(nice, "nice_agent_new", void, void, uint)
add_stream = function(nice, "nice_agent_add_stream", uint, void, uint)
name_stream = function(nice, "nice_agent_set_stream_name", uint, void, uint, text)
relay = function(nice, "nice_agent_set_relay_info", uint, void, uint, uint, text, uint, text, text,
                 uint)
attach = function(nice, "nice_agent_attach_recv", uint, void, uint, uint, void, void, void)
gather = function(nice, "nice_agent_gather_candidates", uint, void, uint)
local_sdp = function(nice, "nice_agent_generate_local_sdp", text, void)
remote_sdp = function(nice, "nice_agent_parse_remote_sdp", ctypes.c_int, void, text)
selected = function(nice, "nice_agent_get_selected_pair", uint, void, uint, uint,
                    ctypes.POINTER(void), ctypes.POINTER(void))
send = function(nice, "nice_agent_send", ctypes.c_int, void, uint, uint, uint, text)
connect = function(gobject, "g_signal_connect_data", ctypes.c_ulong, void, text, void, void, void,
                   uint)
context = function(glib, "g_main_context_default", void)
iterate = function(glib, "g_main_context_iteration", ctypes.c_int, void, ctypes.c_int)
timeout = function(glib, "g_timeout_add", uint, uint, void, void)
state = {"gathered": False, "component": 0, "came": [], "late": False}


@ctypes.CFUNCTYPE(None, void, uint, void)
def on_gathered(_agent, _stream, _user):
    state["gathered"] = True


@ctypes.CFUNCTYPE(None, void, uint, uint, uint, void)
def on_state(_agent, _stream, _component, now, _user):
    state["component"] = now


@ctypes.CFUNCTYPE(None, void, uint, uint, uint, void, void)
def on_data(_agent, _stream, _component, length, data, _user):
    state["came"].append(ctypes.string_at(data, length))


@ctypes.CFUNCTYPE(ctypes.c_int, void)
def on_late(_user):
    state["late"] = True
    return 0


@ctypes.CFUNCTYPE(ctypes.c_int, void)
def on_tick(_user):
    return 1


def until(condition):
    while not condition():
        iterate(None, 1)
        if state["late"] or state["component"] == FAILED:
            print(f"nice_agent: {'late' if state['late'] else 'no pair works'}", file=sys.stderr)
            sys.exit(1)


def say(**words):
    print(json.dumps(words), flush=True)


def converse(agent, stream, first, canary):
    """The first sends, the second sends back, until the first has heard of all or of none more."""
    for i in range(COUNT if first else 0):
        data = f"{canary} {i}".encode()
        send(agent, stream, 1, len(data), data)
        until(lambda: len(state["came"]) > i)
    while not first:
        until(lambda: state["came"])
        data = state["came"].pop(0)
        send(agent, stream, 1, len(data), data)
    say(back=sum(data.startswith(canary.encode()) for data in state["came"]))


def main():
    which, kind, host, port, user, password, canary = sys.argv[1:]
    glib.g_main_context_acquire(void(context()))
    timeout(SECONDS * 1000, on_late, None)
    timeout(100, on_tick, None)
    agent = new(context(), 0)  # RFC 5245, and so 8445
    gobject.g_object_set(void(agent), b"upnp", 0, b"ice-tcp", 0, b"controlling-mode",
                         int(which == "first"), b"stun-server", text(host.encode()),
                         b"stun-server-port", int(port), None)
    stream = add_stream(agent, 1)
    name_stream(agent, stream, b"application")
    relay(agent, stream, 1, host.encode(), int(port), user.encode(), password.encode(),
          ("udp", "tcp", "tls").index(kind))
    connect(agent, b"candidate-gathering-done", on_gathered, None, None, 0)
    connect(agent, b"component-state-changed", on_state, None, None, 0)
    attach(agent, stream, 1, context(), on_data, None)
    gather(agent, stream)
    until(lambda: state["gathered"])
    say(sdp=local_sdp(agent).decode())
    remote_sdp(agent, json.loads(sys.stdin.readline())["sdp"].encode())
    until(lambda: state["component"] == READY)
    pair = (void(), void())
    selected(agent, stream, 1, *map(ctypes.byref, pair))
    say(pair=[KINDS[uint.from_address(end.value).value] for end in pair],
        sdp=local_sdp(agent).decode())
    converse(agent, stream, which == "first", canary)


main()
