/* What an attacker brings: endpoints with keys, proofs of work and sockets of their own on
 * chosen addresses of 127.0.0.0/8, that speak the real protocol to a real node and keep to none
 * of its manners. Each file beside this one is one attack; attacks.def lists them. Everything is
 * bounded in count and time, and goes to loopback alone.
 *
 *   struct endpoint *e = endpoint_new(a, 1, NULL); key number 1, on 127.0.0.1 or --from
 *   gn_jet_id id = endpoint_dial(e, &a->node); then run(a, 5 * GN_SEC, done): until done(a) or
 *   the time is
 * over endpoint_send(e, id, bytes, reliable);              a message, as a datagram or a stream
 *
 * Ownership: the attack owns its endpoints; slices in callbacks are good for the callback. */
#ifndef GEONET_ATTACK_H
#define GEONET_ATTACK_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "jet/jet.h"
#include "overlay/overlay.h"
#include "wire/generated/blocks_fb.h"
#include "wire/generated/overlay_fb.h"
#include "wire/wire.h"

#define ENDPOINTS_MAX 2048

struct endpoint;

struct attack {
	/* from the command line */
	struct gn_addr node; /* --node 127.0.0.1:PORT */
	unsigned pow_bits;   /* --pow-bits N, default 12 */
	unsigned count;      /* --count N: of whatever the attack has many of */
	/* --prefixes N: endpoints come from so many /24 of 127.0.0.0/8; 0: all from 127.0.0.1 */
	unsigned prefixes;
	gn_time life;    /* --seconds N, default 20 */
	uint64_t seed;   /* --seed N */
	const char *arg; /* --arg TEXT: what the attack says it means */
	/* --hold: once done, print the result and stay until stdin ends or life is over */
	bool hold;
	/* of the run */
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct endpoint *endpoints[ENDPOINTS_MAX];
	unsigned endpoint_count;
	gn_time now, start;
	void *user; /* the attack's own */
};

struct endpoint {
	struct attack *attack;
	unsigned number;
	struct gn_sk key;
	uint8_t nonce[8]; /* with the proof of work */
	struct gn_node_id id;
	struct gn_addr addr; /* own */
	int fd;
	struct gn_jet *jet;
	/* the attack may put a real engine here: endpoint_overlay pumps it */
	struct gn_overlay *overlay;
	struct gn_map inbound; /* unfinished messages */
	uint64_t connected, closed, messages, datagram_bytes_in, datagram_bytes_out, datagrams_in,
		datagrams_out, relayed; /* relayed: bytes of packets of RE-30 */
	uint32_t last_code; /* of a session that the other side closed, and its reason */
	char last_reason[160];
	/* Set by the attack; each may be NULL. on_message: a whole message of a session.
	 * on_event: everything else. */
	void (*on_message)(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
			   struct gn_slice message);
	void (*on_event)(struct endpoint *e, const struct gn_jet_event *event);
	bool deaf;         /* to all but Retry: hellos that are never finished */
	uint64_t requests; /* numbers given by send_link() and its kind */
	bool mute;         /* streams are not read: whoever sends fills its own queues */
	void *user;
};

/* number: the key and its proof of work follow from it and the seed. config: NULL, or jet's
 * without the key. Ends the program with a sentence on failure, like everything here. */
struct endpoint *endpoint_new(struct attack *a, unsigned number,
			      const struct gn_jet_config *config);
/* Number `number` on an address of the attack's prefixes: 127.(1 + n / 250).(n % 250).HOST, n =
 * number % prefixes. */
struct gn_addr endpoint_addr(const struct attack *a, unsigned number);
void endpoint_free(struct endpoint *e);
/* 0 when jet refuses. */
gn_jet_id endpoint_dial(struct endpoint *e, const struct gn_addr *to);
void endpoint_send(struct endpoint *e, gn_jet_id id, struct gn_slice message, bool reliable);
/* One datagram as it is, past the engine. */
void endpoint_throw(struct endpoint *e, const struct gn_addr *to, struct gn_slice datagram);

/* Moves packets and events of all endpoints until done(a) is true or `limit` has passed; done
 * NULL: until then. */
bool run(struct attack *a, gn_time limit, bool (*done)(struct attack *a));

/* Messages, in the storage given; all overlay requests have number `request`. */
struct gn_slice message_hello(struct endpoint *e, enum gn_fb_node_mode mode, bool reply,
			      uint64_t request, uint8_t *out, size_t cap);
struct gn_slice message_put(struct gn_slice record, uint64_t request, uint8_t *out, size_t cap);
struct gn_slice message_push(struct gn_slice record, uint64_t request, uint8_t *out, size_t cap);
struct gn_slice message_get(const struct gn_hash *key, uint64_t request, uint8_t *out, size_t cap);
/* The messages of a link, as datagrams. */
void send_link(struct endpoint *e, gn_jet_id id, enum gn_fb_node_mode mode);
void send_unlink(struct endpoint *e, gn_jet_id id);
void send_ping(struct endpoint *e, gn_jet_id id, enum gn_fb_node_mode mode);
void send_pong(struct endpoint *e, gn_jet_id id, uint64_t request, enum gn_fb_node_mode mode);
/* Offers the entries; none: asks for a sum that is wrong. */
void send_digest(struct endpoint *e, gn_jet_id id, const struct gn_fb_key_seq *entries,
		 unsigned count);
/* --count identities link to the nodes at the ports of --arg as clients, answer every PING and
 * ask again when they are let go; turn: each says that it is a server as soon as it is linked. */
int hold_links(struct attack *a, bool turn);
/* A record of type 256 (application) by the key number `owner`, label and body as given, signed
 * now. */
struct gn_slice record_make(struct attack *a, unsigned owner, const char *label,
			    struct gn_slice body, uint32_t ttl, struct gn_hash *key, uint8_t *out,
			    size_t cap);
/* The secret key number n. */
struct gn_sk key_of(const struct attack *a, unsigned n);

/* Writes one line of JSON, "{...}", from a printf format of its inside, and flushes. */
void result(const char *format, ...) GN_PRINTF(1, 2);
/* A sentence on stderr, exit 2. */
_Noreturn void fail(const char *format, ...) GN_PRINTF(1, 2);

/* The attacks: each ends with one result() and returns 0. */
#define X(name, text) int attack_##name(struct attack *a);
#include "attacks.def"
#undef X

#endif
