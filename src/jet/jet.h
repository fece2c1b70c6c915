/* jet: secure sessions between node keys. One `gn_jet` is the endpoint of a node: it tells
 * datagrams of all sessions apart, admits strangers, and keeps every session's handshake, keys,
 * paths, streams and timers. Sans-I/O: datagrams and time in; batches of datagrams, events and
 * one deadline out.
 *
 *   jet.c: endpoint and demultiplexing
 *     -> recv, send -> handshake, keys, packet
 *                    | ack, loss, pacer, cc_*
 *                    | stream, flow, sched, datagram
 *                    | path
 *
 * A session is named by a gn_jet_id that is never reused (0 is none); a stale id gives
 * GN_NOT_FOUND, never another session. Bytes given to jet are copied; slices it hands out live
 * until the next call on the same endpoint. */
#ifndef GN_JET_JET_H
#define GN_JET_JET_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "guard/guard.h"
#include "guard/share.h"

struct gn_jet;
typedef uint64_t gn_jet_id; /* session */
/* Stream inside a session: low bit 0 the client's, second bit 2 one-way (RFC 9000 2.1). */
typedef uint64_t gn_jet_stream;

/* Priorities of the source document. */
enum gn_jet_class {
	GN_JET_CRITICAL = 1,
	GN_JET_INTERACTIVE = 2,
	GN_JET_FILES = 3,
	GN_JET_BACKGROUND = 4,
};

/* What carries a link's packets (RE-1). */
enum gn_way_kind {
	GN_WAY_UDP, /* the shared socket */
	GN_WAY_RELAY,
	GN_WAY_WSS,
	GN_WAY_TURN,
	GN_WAY_QUIC,
	GN_WAY_SPARE, /* a UDP socket besides */
	GN_WAY_KINDS,
};

struct gn_way_info {
	enum gn_way_kind kind;
	bool metered;
	/* whole packets, in order, each once, as long as the link lives (TCP). Told before there is
	 * a path on the link, never changed. Nothing goes there before gn_jet_way_room. */
	bool reliable;
	uint8_t prefix; /* bytes left free before each packet of a batch, for the carrier */
	uint16_t mtu;   /* packets are no longer; 0: the path's own limit */
	/* bytes, both ways together, that it lets through from now on (full when told); more is
	 * dropped there, so data waits here. rate 0: nobody counts */
	struct gn_rate rate;
	/* whom what comes on it counts for (shares, cookies); port 0: the address itself */
	struct gn_addr via;
	/* where the carrier sees the peer; port 0: it does not say (RE-23) */
	struct gn_addr peer;
};

/* An address at which we may be reached, as it is told to a peer (RE-4). */
enum gn_jet_origin {
	GN_JET_HOST,       /* an address of this machine */
	GN_JET_REFLEXIVE,  /* what others see our packets come from */
	GN_JET_MAPPED,     /* a router passes it on */
	GN_JET_OBSERVED,   /* of this session */
	GN_JET_CONFIGURED, /* by the owner */
	GN_JET_LAN,        /* of use on our network only */
	GN_JET_ORIGINS,
};
#define GN_JET_CANDIDATES 12
struct gn_jet_candidate {
	enum gn_jet_origin origin;
	bool metered;
	bool turn; /* a TURN server's: tried when no other has answered */
	struct gn_addr addr;
};
/* How a NAT behaves, as RFC 4787 names it. */
enum gn_jet_nat { GN_JET_NAT_UNKNOWN, GN_JET_NAT_NONE, GN_JET_NAT_ADDR, GN_JET_NAT_PORT };
struct gn_jet_offer {
	enum gn_jet_nat mapping, filtering;
	bool guess;   /* we let ports be guessed, and guess (RE-23) */
	bool relayed; /* we are to be reached by others alone (RE-11); count is 0 */
	/* of ports that a box gave us one after the other: each further one is so much more, 0: not
	 * known; so far they lie apart, 0: likewise */
	int16_t delta;
	uint16_t span;
	uint32_t count;
	struct gn_jet_candidate list[GN_JET_CANDIDATES];
};

/* Why a session is on the path it is on, or why a path went (RE-12). */
enum gn_jet_why {
	GN_JET_WHY_FIRST, /* of the handshake */
	GN_JET_WHY_CHEAPER,
	GN_JET_WHY_DIRECT,  /* cheaper, and no longer over others */
	GN_JET_WHY_SUSPECT, /* nothing came on the other */
	GN_JET_WHY_WAY_GONE,
	GN_JET_WHY_NETWORK,
	GN_JET_WHY_REBOUND, /* the peer's address changed under it (a NAT) */
	GN_JET_WHY_ASKED,   /* by the owner */
	GN_JET_WHY_PEER,    /* by the peer */
	/* it is as before, but what must not wait waits: told to a client, never by info */
	GN_JET_WHY_CROWDED,
	GN_JET_WHY_POLICY,      /* the one before is not allowed any more */
	GN_JET_WHY_METERED,     /* the one before costs money */
	GN_JET_WHY_RELAY_FULL,  /* the one before was by a relay that gives no more */
	GN_JET_WHY_RELAY_LEFT,  /* .. that its owner has left */
	GN_JET_WHY_UDP_BLOCKED, /* the owner's word for FIRST: UDP does not pass */
	GN_JET_WHYS,
};
/* Why a session runs over somebody else (RE-12). */
enum gn_jet_indirect {
	GN_JET_INDIRECT_NOT,
	GN_JET_INDIRECT_PENDING,      /* it is being tried, or will be at once */
	GN_JET_INDIRECT_NO_CANDIDATE, /* one end has told no address */
	GN_JET_INDIRECT_BOTH_HARD,    /* both routers give each address another port */
	GN_JET_INDIRECT_GUESS_MISSED,
	GN_JET_INDIRECT_NO_ANSWER,
	GN_JET_INDIRECT_PEER_OLD, /* it knows one path only */
	GN_JET_INDIRECT_POLICY,   /* one end does not allow it */
	GN_JET_INDIRECT_LIMIT,    /* too many are tried already */
	GN_JET_INDIRECTS,
};
/* "both-hard"; "?" past the last. */
const char *gn_jet_indirect_text(unsigned why);
/* "udp"; "?" past the last. */
const char *gn_way_kind_text(unsigned kind);
/* "cheaper"; "?" past the last. */
const char *gn_jet_why_text(unsigned why);

/* Zero fields take the default. */
struct gn_jet_config {
	struct gn_sk node_key; /* copied, wiped by free */
	gn_time idle_timeout;  /* default 60 s; the smaller of both ends counts */
	/* the same while a stream is open, if both ends know several paths; default 30 min */
	gn_time linger;
	gn_time keep_alive;        /* PING when nothing was received for so long; 0 = off */
	gn_time handshake_timeout; /* default 10 s */
	/* of incoming sessions that gn_jet_used was never called for; 0 = off */
	gn_time unused_timeout;
	uint32_t sessions_max;     /* incoming ones, and as many own dials; default 4096 */
	uint32_t sessions_per_key; /* incoming ones of one node key; default 8 */
	/* loopback and private prefixes have shares of sessions like any other */
	bool count_local;
	/* half-open incoming handshakes above which a retry cookie is demanded; default 64 */
	uint32_t sessions_strangers;
	bool always_retry; /* demand the cookie from everyone */
	/* borrowed, of this endpoint alone; who may come in. NULL: one of its own that is off */
	struct gn_guard *guard;
	/* of a puzzle that we solve to get in somewhere; default 1,000: about a second */
	uint32_t effort_max;
	bool no_effort;          /* solve none (battery): who asks for one is busy */
	bool no_passes;          /* neither take nor show passes: keys that nothing may link */
	uint32_t stream_window;  /* receive window of a stream, bytes; default 256 KiB */
	uint32_t session_window; /* receive window of a session, bytes; default 1 MiB */
	/* unacknowledged and unsent bytes kept per session; default 1 MiB */
	uint32_t send_buffer;
	/* beyond what each session may hold alone, bytes of streams each way; default 64 MiB */
	uint64_t stream_memory;
	const char *cc; /* "cubic" (default) */
	/* path ids alive at once, 2 to 8 (RE-3); default 8; 1: as before there were several */
	uint8_t paths;
};

GN_MUST gn_err gn_jet_new(const struct gn_env *env, const struct gn_jet_config *config,
			  struct gn_jet **out);
/* Sends nothing; close sessions first and drain the output to be polite. */
void gn_jet_free(struct gn_jet *jet);

/* ---- inputs ---- */
/* A `now` older than that of an earlier call counts as that one. */

/* One datagram as received (after GRO splitting). Bad input only moves a counter; the return
 * value tells which one. */
gn_err gn_jet_recv(struct gn_jet *jet, const struct gn_way *from, struct gn_slice datagram,
		   gn_time now);
/* True when the datagram's first byte is jet's (top bits 001), so STUN and QUIC can share the
 * port. */
bool gn_jet_is_packet(struct gn_slice datagram);
/* Is there a session here that it is for, by the connection id it names? */
bool gn_jet_leads(const struct gn_jet *jet, struct gn_slice datagram);
/* How often something was done for a handshake that a stranger began. The owner measures what
 * recv and tick took when it moved, and tells guard (gn_guard_load). Only datagrams for which
 * is_hello holds can move it, and ticks. */
uint64_t gn_jet_stranger_steps(const struct gn_jet *jet);
bool gn_jet_is_hello(struct gn_slice datagram);
void gn_jet_tick(struct gn_jet *jet, gn_time now);

/* expected NULL: accept any node key and report it in CONNECTED. */
GN_MUST gn_err gn_jet_connect(struct gn_jet *jet, const struct gn_way *to,
			      const struct gn_pk *expected, gn_time now, gn_jet_id *out);
/* The same to an address that somebody else told: one datagram of at most JET_MTU_BASE bytes,
 * not repeated until the other side answers; then as any dial (JT-47). A lost datagram costs the
 * dial. */
GN_MUST gn_err gn_jet_knock(struct gn_jet *jet, const struct gn_way *to,
			    const struct gn_pk *expected, gn_time now, gn_jet_id *out);
/* code 0 is a normal end; reason at most 128 bytes, for people. The peer learns both. */
GN_MUST gn_err gn_jet_close(struct gn_jet *jet, gn_jet_id id, uint32_t code, const char *reason,
			    gn_time now);
/* Validate a new address of the peer (or of ours) and move there without losing a stream byte. */
GN_MUST gn_err gn_jet_migrate(struct gn_jet *jet, gn_jet_id id, const struct gn_way *to,
			      gn_time now);

/* Another path to the peer, which stands by once the peer has answered on it, and carries when it
 * is the cheapest (RE-5). GN_STATE before the handshake is confirmed, or when the peer knows one
 * path only (gn_jet_migrate); GN_EXISTS: there is one to there; GN_LIMIT: no id is free; GN_POLICY:
 * gn_jet_allow. A path that is never answered is told by MOVED with GN_UNREACHABLE. */
GN_MUST gn_err gn_jet_path_open(struct gn_jet *jet, gn_jet_id id, const struct gn_way *to,
				gn_time now);
/* Off the path in use, to the best of those that stand by. GN_NOT_FOUND: none does. */
GN_MUST gn_err gn_jet_path_leave(struct gn_jet *jet, gn_jet_id id, gn_time now);
/* Gives a path up; a server asks its client to. GN_STATE for the one in use: open another first. */
GN_MUST gn_err gn_jet_path_close(struct gn_jet *jet, gn_jet_id id, uint32_t path, gn_time now);

/* Which ways a session may take (RE-11); bits. */
enum gn_jet_allow {
	GN_JET_ALLOW_DIRECT = 1,   /* by UDP */
	GN_JET_ALLOW_LAN = 2,      /* the same, to a private address */
	GN_JET_ALLOW_RELAY = 4,    /* by somebody else: a relay, a TURN server */
	GN_JET_ALLOW_TLS = 8,      /* by a connection */
	GN_JET_ALLOW_METERED = 16, /* what costs money, beside its kind */
	GN_JET_ALLOW_ALL = 31,
};
/* Those that a packet by that way needs. */
unsigned gn_jet_needs(const struct gn_jet *jet, const struct gn_way *way);
/* From now on nothing of the session goes by any other way, and what comes by one is dropped;
 * paths by others are left and closed. GN_POLICY: no path that is allowed is proven, and nothing
 * is changed: close it. */
GN_MUST gn_err gn_jet_allow(struct gn_jet *jet, gn_jet_id id, unsigned allowed, gn_time now);

/* Asks for a sign of life on the path in use; gn_jet_info has what it took (rtt_last) once
 * rtt_at is later than the asking. GN_STATE unless it is connected. */
GN_MUST gn_err gn_jet_ping(struct gn_jet *jet, gn_jet_id id, gn_time now);

/* Where we may be reached by UDP, told to the peer inside the session; a new one replaces the one
 * before. When both ends have told and the session runs over somebody else, both try all addresses
 * of the other at the same time (RE-20); MOVED follows when that was of use. GN_STATE as for
 * gn_jet_path_open. */
GN_MUST gn_err gn_jet_offer(struct gn_jet *jet, gn_jet_id id, const struct gn_jet_offer *offer,
			    gn_time now);
/* What the peer told last. GN_NOT_FOUND. */
GN_MUST gn_err gn_jet_offered(const struct gn_jet *jet, gn_jet_id id, struct gn_jet_offer *out);

/* What was asked for by GUESS: `count` sockets, each one a link, numbered from `first` on, told to
 * jet (gn_jet_way) and sending to the address of the event; fewer than asked for will do, none
 * ends it. GN_STATE: nobody asks. */
GN_MUST gn_err gn_jet_guess(struct gn_jet *jet, gn_jet_id id, uint32_t first, uint32_t count,
			    gn_time now);

/* A link was made or changed. GN_LIMIT past JET_WAYS; link 0 is there from the beginning. */
GN_MUST gn_err gn_jet_way(struct gn_jet *jet, uint32_t link, const struct gn_way_info *info);
/* A reliable link takes so many bytes now, prefixes and all. What goes into batches is taken off
 * here; no batch is made for a link that has no room for a full packet, so tell when it has again.
 * Of other links, and of one that is gone: ignored. */
void gn_jet_way_room(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now);
/* Nothing goes over the link any more: what was in flight there counts as lost, its paths are left
 * for others at once. */
void gn_jet_way_gone(struct gn_jet *jet, uint32_t link, gn_time now);
/* The same, for a reason: sessions that find another way say it. */
void gn_jet_way_left(struct gn_jet *jet, uint32_t link, enum gn_jet_why why, gn_time now);
/* What the link goes by is another connection now: paths on it by which nothing came are asked at
 * once. */
void gn_jet_way_back(struct gn_jet *jet, uint32_t link, gn_time now);
/* Was it told, and is not gone? Link 0 always is. */
bool gn_jet_way_is(const struct gn_jet *jet, uint32_t link);
/* The machine's addresses or routes changed, or it slept: nothing is known of any path. Sessions
 * that wait for a silent peer ask for it at once. */
void gn_jet_network(struct gn_jet *jet, gn_time now);

/* What keeps flows in boxes alive, from now on: a PING when nothing was received for so long (half
 * of the idle timeout at most), and spare paths by UDP are asked as often. */
void gn_jet_keep_alive(struct gn_jet *jet, gn_time every, gn_time now);

/* What a session is worth to its owner, from least to most. Incoming sessions that are worth
 * least give way when there is no room for another (JT-96). */
enum gn_jet_standing {
	GN_JET_STRANGER = 0, /* nothing is known of the peer */
	GN_JET_KNOWN = 1,    /* it has finished an exchange */
	GN_JET_LEASED = 2,   /* it holds a lease or a watch */
	GN_JET_LINKED = 3,   /* the owner relies on it */
};
/* The session was of use: a valid message was asked or answered on it. Junk, PINGs and messages
 * that never end are no use. The standing replaces the one before. A stale id is ignored. */
void gn_jet_used(struct gn_jet *jet, gn_jet_id id, unsigned standing, gn_time now);

/* GN_STATE before CONNECTED; GN_LIMIT when the peer allows no more streams now (STREAMS tells
 * when it does). */
GN_MUST gn_err gn_jet_stream_open(struct gn_jet *jet, gn_jet_id id, bool one_way,
				  enum gn_jet_class class, gn_jet_stream *out);
/* Takes as much as flow control and the send buffer allow: *taken of data (may be 0: wait for
 * WRITABLE). fin counts only when all was taken. */
GN_MUST gn_err gn_jet_stream_write(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
				   struct gn_slice data, bool fin, size_t *taken);
/* Copies what is there in order; *fin when the end was reached and everything read. GN_AGAIN
 * when nothing is there. GN_CLOSED after a reset by the peer. */
GN_MUST gn_err gn_jet_stream_read(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
				  uint8_t *out, size_t cap, size_t *len, bool *fin);
/* Bytes that a write on the stream would take now and that the peer's credit lets leave, for who
 * reads from disk only what can go: 0 when there is no such stream. WRITABLE tells when a write
 * that took less than all can go on. */
size_t gn_jet_stream_room(const struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream);
/* The same for a stream not opened yet: 0 before CONNECTED, and while the peer allows no more
 * streams. */
size_t gn_jet_room(const struct gn_jet *jet, gn_jet_id id, bool one_way, enum gn_jet_class class);
/* Give up sending / ask the peer to stop sending. */
GN_MUST gn_err gn_jet_stream_reset(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
				   uint32_t code);
GN_MUST gn_err gn_jet_stream_stop(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
				  uint32_t code);
/* Has the peer given the stream up, either way: with which code? */
bool gn_jet_stream_given_up(const struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
			    uint32_t *code);
/* Unreliable, at most gn_jet_datagram_max bytes, queued until `expires` (GN_NEVER: until sent).
 * GN_TOO_LARGE, GN_LIMIT when the queue is full. */
GN_MUST gn_err gn_jet_datagram(struct gn_jet *jet, gn_jet_id id, enum gn_jet_class class,
			       struct gn_slice data, gn_time expires);

/* ---- outputs ---- */

/* A batch for one address: len bytes in packets of `segment` bytes each (the last may be
 * shorter): one GSO send. */
struct gn_jet_batch {
	struct gn_way to;
	uint16_t segment; /* with prefix */
	uint8_t prefix;   /* free bytes before each packet, as the link asked */
	uint8_t ecn;      /* codepoint to set; 0 = none */
};
/* Fills out (cap at least 1500, best 64,000 bytes) from len = 0. GN_AGAIN when there is nothing
 * to send now. After every input, tick or local command call it until GN_AGAIN; only then is the
 * deadline meaningful. */
GN_MUST gn_err gn_jet_send(struct gn_jet *jet, struct gn_buf *out, struct gn_jet_batch *batch,
			   gn_time now);
gn_time gn_jet_deadline(const struct gn_jet *jet);

enum gn_jet_event_kind {
	GN_JET_CONNECTED, /* handshake done, peer key proven; incoming tells who began */
	/* The id is dead after this event. err: GN_OK closed by us, GN_CLOSED by the peer (code
	 * and reason as the closer gave them), GN_TIMEOUT idle or no handshake, GN_KEY wrong
	 * node key, else what broke (code is then jet's own, limits.h). */
	GN_JET_CLOSED,
	GN_JET_OPENED, /* the peer opened a stream */
	/* edge: there is something to read on the stream (or its end, or its reset) */
	GN_JET_READABLE,
	GN_JET_WRITABLE, /* edge: a write that took less than all can go on */
	GN_JET_ACKED,    /* everything written to a finished stream was acknowledged */
	GN_JET_DATAGRAM, /* data */
	/* the session's path changed to way, because of why; err GN_UNREACHABLE: a path to way was
	 * not answered, nothing changed */
	GN_JET_MOVED,
	GN_JET_SUSPECT, /* nothing comes on the path in use, and there is no other: open one */
	GN_JET_PATHS,   /* one more is proven, or one less is there */
	/* `count` sockets besides, to way.addr, are of use: gn_jet_guess, within a second */
	GN_JET_GUESS,
	/* .. and are not any more, but for that of way.link (0: none), while its path lives */
	GN_JET_GUESSED,
	/* classes 1 and 2 wait behind others on the connection `way`: another one to the same
	 * place, opened as a path, would be theirs (RE-8) */
	GN_JET_CROWDED,
	GN_JET_OFFERED, /* the peer says anew where it may be reached: gn_jet_offered */
	GN_JET_SEEN,    /* the peer says that our packets on `path` come from way.addr (RE-4) */
	GN_JET_STREAMS, /* edge: a stream_open that gave GN_LIMIT can go on */
};

struct gn_jet_event {
	enum gn_jet_event_kind kind;
	gn_jet_id id;
	gn_jet_stream stream;
	struct gn_pk peer;
	struct gn_way way;
	uint32_t path;
	uint32_t count; /* of GUESS */
	enum gn_jet_why why;
	bool incoming;
	gn_err err;
	uint32_t code;
	/* DATAGRAM: the bytes; CLOSED: the reason. Valid until the next call on jet */
	struct gn_slice data;
};
bool gn_jet_next_event(struct gn_jet *jet, struct gn_jet_event *out);

/* ---- passes: what servers gave us, so that they know us the next time (guard) ---- */

/* false past the last. For saving. */
bool gn_jet_pass_at(const struct gn_jet *jet, uint32_t i, struct gn_pk *server,
		    uint8_t pass[GN_PASS_LEN]);
/* From an earlier run; a newer one of the same server replaces it. At most JET_PASSES, then one
 * of the oldest goes. GN_NOMEM. */
GN_MUST gn_err gn_jet_pass_put(struct gn_jet *jet, const struct gn_pk *server,
			       const uint8_t pass[GN_PASS_LEN]);

/* ---- queries ---- */

struct gn_jet_info {
	struct gn_pk peer;
	struct gn_way way;
	bool connected, incoming;
	gn_time srtt, rtt_min, since;
	gn_time rtt_last, rtt_at; /* the last round trip that was measured, and when */
	uint64_t bytes_sent, bytes_received, packets_sent, packets_received, packets_lost;
	uint64_t cwnd, in_flight;
	uint64_t pacing_rate; /* bytes per second; 0 on a reliable way: its carrier's */
	uint16_t mtu;
	const char *group, *suite, *cc;
	enum gn_way_kind kind;
	enum gn_jet_why why; /* it is on this path */
	enum gn_jet_indirect indirect;
	uint8_t paths;   /* proven ones */
	bool multipath;  /* both ends know several */
	bool much_waits; /* bytes of classes 3 and 4 to be sent */
};
GN_MUST gn_err gn_jet_info(const struct gn_jet *jet, gn_jet_id id, struct gn_jet_info *out);
/* The ways of its proven paths, at most `max`, the one in use first; 0: it is not connected. */
unsigned gn_jet_ways(const struct gn_jet *jet, gn_jet_id id, struct gn_way *out, unsigned max);
/* How a proven path does, in any order; false past the last. For who judges what it goes over. */
struct gn_jet_path_info {
	struct gn_way way;
	uint32_t replays; /* packets that came by it again */
	uint32_t loss;    /* thousandths of the last 512; UINT32_MAX: too few to tell */
	bool full;        /* its window held us back: what it loses may be our own doing */
	gn_time heard;    /* when something came by it last */
	gn_time silent;   /* since when nothing has answered; GN_NEVER: it does */
};
bool gn_jet_path_at(const struct gn_jet *jet, gn_jet_id id, unsigned i,
		    struct gn_jet_path_info *out);
/* TLS-Exporter of the session's handshake (RFC 8446 7.5), label EXPORTER-geonet-session, without
 * context: the same at both ends and nowhere else. GN_NOT_FOUND; GN_STATE before CONNECTED and
 * when the session is closing. */
GN_MUST gn_err gn_jet_exporter(const struct gn_jet *jet, gn_jet_id id, uint8_t out[32]);
size_t gn_jet_datagram_max(const struct gn_jet *jet, gn_jet_id id);
uint32_t gn_jet_session_count(const struct gn_jet *jet);

/* Counters of everything that was refused or dropped, and totals; names are stable
 * ("packet-replayed"). False past the last. */
bool gn_jet_counter_at(const struct gn_jet *jet, size_t i, struct gn_counter *out);
/* What strangers share here, to be shown; false past the last. */
bool gn_jet_share_at(const struct gn_jet *jet, size_t i, struct gn_share_view *out);
/* Asserts every invariant of every session. */
void gn_jet_validate(const struct gn_jet *jet);

#endif
