/* Dial-back: a node asks others to send to it, and so finds out how it is reached. Three whom it
 * asks (S) each have a third (T), whom it has not sent to, send packets 1; they send packets 2 from
 * another port of theirs, and packets 3 from where they talk to it.
 *
 *   A -> S  ASK: nonce, ports          S -> T  FOR: nonce, A's IP as S sees it, ports
 *   T -> S  DONE                       S -> A  TOLD: who sends, and from where A's packets come
 *   T, S -> A  0x11 | nonce + which port | 1, 2 or 3, three times
 *   A -> S's other port  0x11 | nonce | 4      S -> A  SEEN: where that came from
 *
 * What arrives says how packets to this node are filtered (RE-41). Nobody is dialled on another's
 * word: an asker says ports, the IP is the one that S has a session with. The owner pumps it as the
 * other services: messages of proven peers, packets and the time in; messages, packets, events and
 * one deadline out. Rules: docs/spec/reach.md RE-40, RE-41. */
#ifndef GN_SERVICES_DIALBACK_H
#define GN_SERVICES_DIALBACK_H

#include "overlay/overlay.h"
#include "wire/generated/dialback_fb.h"

struct gn_dialback;

#define GN_DIALBACK_BYTE 0x11 /* first of a packet, */
#define GN_DIALBACK_BYTES 10  /* which has so many */
#define GN_DIALBACK_PEERS 64  /* that the owner names at once */

/* A peer with a live session that goes to its own address. */
struct gn_dialback_peer {
	struct gn_pk key;
	struct gn_addr addr;
	bool dials; /* it may be asked: nothing says that it does not */
	bool here;  /* on this machine, so that it says nothing of how others get here */
};

struct gn_dialback_config {
	struct gn_pk node;
	/* Up to GN_DIALBACK_PEERS of them, those it is linked with first; how many. */
	size_t (*peers)(void *user, struct gn_dialback_peer *out);
	void *user;
	bool off;         /* nothing is sent for others */
	bool hidden;      /* nobody is asked: a third would see this node's address */
	bool count_local; /* loopback and private prefixes have shares like any other */
};

GN_MUST gn_err gn_dialback_new(const struct gn_env *env, const struct gn_dialback_config *config,
			       gn_time now, struct gn_dialback **out);
void gn_dialback_free(struct gn_dialback *d);

/* ---- inputs ---- */

/* A message with the magic GNDB of a proven peer, whose session goes to addr (port 0: it goes over
 * others). Bad ones only move a counter; what is refused is answered, and no error here. */
gn_err gn_dialback_recv(struct gn_dialback *d, const struct gn_pk *from, const struct gn_addr *addr,
			struct gn_slice message, gn_time now);
/* A datagram with the first byte 0x11; second: it came to the other socket. Never answered, but for
 * a packet 4 of who was told that port. */
void gn_dialback_packet(struct gn_dialback *d, const struct gn_addr *from, bool second,
			struct gn_slice datagram, gn_time now);
/* This node sends there, whatever: a box before it may let in from now on what comes from that. */
void gn_dialback_sent(struct gn_dialback *d, const struct gn_addr *to, gn_time now);
/* A stranger's first packet came, by itself: as good as a packet 1. */
void gn_dialback_called(struct gn_dialback *d, const struct gn_addr *from, gn_time now);
/* Ports to try besides the one that others see: the socket's, a mapped one (0: none); and the whole
 * address that the owner gave (NULL: none), which one packet proves, whoever sends it. */
void gn_dialback_ports(struct gn_dialback *d, const uint16_t ports[2],
		       const struct gn_addr *configured);
/* The other socket's port; 0: there is none. */
void gn_dialback_second(struct gn_dialback *d, uint16_t port);
/* As in gn_dialback_config, from now on. */
void gn_dialback_off(struct gn_dialback *d, bool off, bool hidden);
/* The network is another one: it is measured anew soon. */
void gn_dialback_changed(struct gn_dialback *d, gn_time now);
/* Measures now, unless that was done within a minute; true: it is being measured. */
bool gn_dialback_now(struct gn_dialback *d, gn_time now);
void gn_dialback_tick(struct gn_dialback *d, gn_time now);
gn_time gn_dialback_deadline(const struct gn_dialback *d);

/* ---- outputs ---- */

bool gn_dialback_next_message(struct gn_dialback *d, struct gn_overlay_message *m);

struct gn_dialback_out {
	struct gn_addr to;
	bool second; /* from the other socket, where there is one */
	bool spare;  /* from one to `to` alone, which the flow is of: a packet 5 */
	uint8_t bytes[GN_DIALBACK_BYTES];
};
bool gn_dialback_next_packet(struct gn_dialback *d, struct gn_dialback_out *out, gn_time now);

/* ---- how long a quiet flow lives in the box before this node (RE-22) ----
 *
 *   A -> S  HOLD: nonce, a time      S -> A  HELD
 *   A -> S  0x11 | nonce | 5, by a socket of its own, twice, 3 s apart; answered by 6
 *   S -> A  0x11 | nonce | 7, that time after the last 5, three times
 *
 * Where 7 comes the flow has lived so long: a longer time is tried, else a shorter one. */

/* Why nothing is known, or not yet. */
enum gn_dialback_life_why {
	GN_DIALBACK_LIFE_NEVER, /* it was not measured yet */
	GN_DIALBACK_LIFE_RUNNING,
	GN_DIALBACK_LIFE_NOBODY, /* nobody to ask, or who was asked does not */
	GN_DIALBACK_LIFE_LOST,   /* no answer to packets 5, or none to be believed */
	GN_DIALBACK_LIFE_LIMIT,  /* as often as may be in a day */
	GN_DIALBACK_LIFE_KNOWN,
};
const char *gn_dialback_life_text(enum gn_dialback_life_why why); /* one word, static */
struct gn_dialback_life {
	enum gn_dialback_life_why why;
	gn_time lifetime, at; /* KNOWN: what was lived through, and when it was found */
};
/* False: not now, and gn_dialback_life says why. */
bool gn_dialback_life_start(struct gn_dialback *d, gn_time now);
/* The network is another one: what is under way is of no use. */
void gn_dialback_life_stop(struct gn_dialback *d, gn_time now);
/* A datagram that came to the socket of its own. */
void gn_dialback_life_packet(struct gn_dialback *d, const struct gn_addr *from,
			     struct gn_slice datagram, gn_time now);
void gn_dialback_life(const struct gn_dialback *d, struct gn_dialback_life *out);
/* A run is over. */
bool gn_dialback_life_event(struct gn_dialback *d, struct gn_dialback_life *out);

/* As in RE-4: by nothing of the other side, by its address, by address and port. */
enum gn_dialback_rule { GN_DIALBACK_UNKNOWN, GN_DIALBACK_NONE, GN_DIALBACK_ADDR, GN_DIALBACK_PORT };
/* As RE-17 says it; easy: not direct, and one port for all. */
enum gn_dialback_reach {
	GN_DIALBACK_REACH_UNKNOWN,
	GN_DIALBACK_REACH_DIRECT,
	GN_DIALBACK_REACH_EASY,
	GN_DIALBACK_REACH_HARD,
};
/* Why it is not known, or not direct. */
enum gn_dialback_why {
	GN_DIALBACK_WHY_NONE,
	GN_DIALBACK_WHY_NEVER,    /* it was not measured yet */
	GN_DIALBACK_WHY_NOBODY,   /* too few to ask, or they do not answer */
	GN_DIALBACK_WHY_ALL_KNOW, /* all who tried had been sent to */
	GN_DIALBACK_WHY_LOST,     /* nothing came, of whomever */
	GN_DIALBACK_WHY_FILTERED, /* a stranger's packets do not come */
};
const char *gn_dialback_why_text(enum gn_dialback_why why); /* one word, static */

struct gn_dialback_result {
	enum gn_dialback_reach reach;
	enum gn_dialback_why why;
	enum gn_dialback_rule mapping, filtering;
	unsigned asked, told, came; /* nodes: asked, had a third send, whose packets came from
				     * somebody new */
	struct gn_addr seen;        /* where most of them see this node; port 0: nobody said */
	struct gn_addr proven;      /* where a stranger's packets come; port 0: nowhere */
	gn_time at;                 /* 0: never */
};
/* It was measured. */
bool gn_dialback_next_event(struct gn_dialback *d, struct gn_dialback_result *out);

/* ---- queries ---- */

/* As last measured. */
void gn_dialback_last(const struct gn_dialback *d, struct gn_dialback_result *out);
bool gn_dialback_is_running(const struct gn_dialback *d);
bool gn_dialback_counter_at(const struct gn_dialback *d, size_t i, struct gn_counter *out);
void gn_dialback_validate(const struct gn_dialback *d);

#endif
