/* A whole network in one process: N overlay engines over a message fabric in virtual time,
 * everything drawn from one seed.
 *
 *   world.c     events in time order, nodes, their disks, sessions and messages
 *   disks.c     their disks: records by key
 *   rtt.c       where nodes are and how long the way between them takes
 *   check.c     what must be true, computed without the engines: nearest nodes by brute force,
 *               replica sets, lost records
 *   drive.c     joins, batches of lookups, puts and gets, faults
 *   sybil.c     nodes that lie about one key
 *   bused.c     the bus engine beside each overlay
 *   bus.c       a topic that everybody follows
 *   nodes.c     whole nodes, as geonetd runs them     nats.c   which of them are behind what
 *   boxed.c     the engine of boxes beside each overlay, with a log and a disk of its own
 *   letters.c   many boxes, a letter for each: sent, kept, read
 *   phases.c    where the time goes until a letter is stored
 *   boxes.c     scenario boxes: churn, deaths, what is readable     front.c   scenario front
 *   scenario.c  named runs     main.c  options and tables
 *
 * One seed, one run: events of equal time go in the order they were made, nothing reads a clock
 * or an address. */
#ifndef GN_SIM_SIM_H
#define GN_SIM_SIM_H

#include "jet/testing/nat_sim.h"
#include "overlay/overlay.h"
#include "records/box_proof.h"
#include "services/box/box.h"
#include "services/bus/bus.h"
#include "store/testing/disk_sim.h"
#include "wire/wire.h"

#include <stdio.h>

#define SIM_EPOCH (INT64_C(1800000000) * GN_SEC)
#define SIM_NODES_SPARE 64 /* nodes that may be added to those of the options */

/* How many of a hundred whole nodes stand behind which kind of box (RE-70); the rest do not. */
struct sim_nats {
	struct sim_nats_kind {
		struct jet_sim_nat nat;
		bool carrier; /* the kind cg: another before it */
		unsigned percent;
	} kinds[8];
	unsigned count;
	const char *text; /* as it was given; NULL: not at all */
};

struct sim_options {
	uint64_t seed;
	unsigned nodes, lookups, records, kill_percent;
	unsigned r, l, w, rq;
	unsigned pow_bits;
	unsigned trips; /* round trips of a handshake */
	double loss;    /* share of datagrams */
	gn_time ping_leaf, heal, digest, split;
	unsigned sybils; /* 0: one in twenty */
	bool keep;       /* they keep what they hide */
	uint32_t ttl;    /* seconds, of records */
	bool flat;       /* all delays 10 ms one way */
	bool quiet, json;
	bool plain;            /* the topic has no links */
	bool no_relay;         /* nobody asks through others, as before RE-48 */
	bool validate;         /* gn_overlay_validate after each step */
	unsigned boxes, flood; /* flood: deposits of strangers */
	gn_time churn;         /* scenario boxes: how long sessions come and go */
	struct sim_nats nats;  /* scenario nodes */
};

struct sim_stored {     /* one record on a simulated disk */
	uint8_t *bytes; /* owned */
	size_t len;
};

struct sim_node {
	struct gn_overlay *ov; /* NULL: not running */
	struct gn_env env;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_sk sk;
	uint8_t nonce[8];
	struct gn_node_id id;
	struct gn_addr addr;
	unsigned side;       /* partition */
	unsigned generation; /* of runs: events of earlier ones are void */
	unsigned city;
	double access_ms;
	gn_time tick_at; /* of the tick event that counts */
	gn_time started, joined_at;
	bool server;
	bool sybil, keeps;  /* no engine: sybil.c answers for it */
	struct gn_bus *bus; /* NULL: the run has none */
	struct sim_who {
		struct sim *s;
		unsigned node;
	} who;              /* for its callbacks */
	struct gn_map disk; /* key -> struct sim_stored */
	gn_time back_at;    /* churn: when it starts again */
	uint64_t bytes_out, datagrams_out;
	uint64_t bytes_mark, datagrams_mark; /* at sim_mark */
	struct sim_boxed *boxed;             /* NULL: no boxes in this run */
};

enum sim_kind {
	SIM_TICK,
	SIM_MESSAGE,
	SIM_STORED,
	SIM_LOADED,
	SIM_UP,
	SIM_DOWN,
	SIM_ADDR_DOWN,
	SIM_IDLE,
	SIM_DISK
};

struct sim_event {
	gn_time at;
	uint64_t order;
	enum sim_kind kind;
	unsigned node, generation;
	unsigned peer, peer_generation;
	struct gn_addr addr;
	uint64_t token;
	struct gn_hash key;
	uint8_t *bytes; /* owned */
	size_t len;
	gn_err err;
};

struct sim_op { /* an operation somebody waits for */
	unsigned node;
	gn_op op;
	unsigned index; /* the caller's */
	/* sessions that GETs of its node began while it ran, or tried to */
	unsigned handshakes;
};

struct sim_session {
	unsigned a_generation, b_generation;
	gn_time ready, used;
	bool failing;    /* the carrier has been told to give up at some moment */
	uint8_t linked;  /* bit 0: the lower node wants it kept, bit 1: the higher */
	unsigned number; /* of sessions that these two had */
};

struct sim {
	struct sim_options opt;
	struct gn_env env; /* of the simulator itself */
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	gn_time now;
	struct sim_node *nodes; /* never moves: engines point into it */
	unsigned count;
	struct sim_event **heap;
	size_t heap_count, heap_cap;
	uint64_t order, events, messages, lost;
	struct gn_map sessions; /* (low << 32 | high) -> struct sim_session */
	struct gn_map by_pk, by_addr;
	bool split; /* messages between different sides vanish */
	struct sim_op *ops;
	size_t op_count, op_cap;
	unsigned handshakes; /* of the operation that on_done is told of */
	void (*on_done)(struct sim *s, unsigned node, unsigned index,
			const struct gn_overlay_event *e, void *user);
	void *user;
	gn_time mark_at;
	bool with_bus; /* nodes that start from now on have one */
	void (*on_bus)(struct sim *s, unsigned node, const struct gn_bus_event *e);
	uint64_t bus_copies, bus_messages; /* of whole messages; of all */
	struct sim_boxed *boxed;           /* of all nodes, with boxes */
	void (*on_box)(struct sim *s, unsigned node, const struct gn_box_event *e, void *user);
	/* a message of its engine of boxes leaves a node */
	void (*on_box_sent)(struct sim *s, unsigned node, struct gn_slice bytes,
			    const struct gn_pk *to, void *user);
	void *box_user, *sent_user;
};

/* ---- world.c ---- */
void sim_init(struct sim *s, const struct sim_options *opt);
void sim_free(struct sim *s);
/* A new node that is not running yet; its index. */
unsigned sim_node_add(struct sim *s);
void sim_node_start(struct sim *s, unsigned i);
/* At once, without a word to anyone. lose_disk: the records on it are gone. */
void sim_node_kill(struct sim *s, unsigned i, bool lose_disk);
void sim_node_bootstrap(struct sim *s, unsigned i, unsigned at);
/* Runs all events up to and including the time. */
void sim_run(struct sim *s, gn_time until);
void sim_run_for(struct sim *s, gn_time span);
/* Takes what the node has to say; call after every call on its engine. */
void sim_pump(struct sim *s, unsigned i);
void sim_op_add(struct sim *s, unsigned node, gn_op op, unsigned index);
bool sim_alive(const struct sim *s, unsigned i);
unsigned sim_random_alive(struct sim *s);
const struct sim_stored *sim_disk_find(const struct sim_node *n, const struct gn_hash *key);
void sim_disk_put(struct sim *s, struct sim_node *n, const struct gn_hash *key,
		  const uint8_t *bytes, size_t len);
void sim_disk_drop(struct sim *s, struct sim_node *n, const struct gn_hash *key);
void sim_disk_clear(struct sim *s, struct sim_node *n);
void *sim_need(void *p); /* memory, or the program ends */
/* A message of node a, as its engine would give it. */
void sim_message(struct sim *s, unsigned a, const struct gn_overlay_message *m);
/* Traffic is counted from here. */
void sim_mark(struct sim *s);
uint64_t sim_counter(const struct sim *s, const char *name); /* summed over running nodes */
/* There is a session of these two, and both know it; number: how many they had. */
bool sim_session_of(const struct sim *s, unsigned a, unsigned b, unsigned *number);
/* After this; the event is freed when it was handled. */
struct sim_event *sim_event_in(struct sim *s, enum sim_kind kind, unsigned node, gn_time span);

/* ---- rtt.c ---- */
void sim_place(struct sim *s, struct sim_node *n);
gn_time sim_rtt(const struct sim *s, unsigned a, unsigned b);

/* ---- check.c ---- */
/* The `count` running servers nearest to the key, nearest first; how many there are. side: of
 * this partition only. */
unsigned sim_nearest(const struct sim *s, uint64_t theta, unsigned *out, unsigned count);
bool sim_holds(const struct sim *s, unsigned node, const struct gn_hash *key,
	       const struct gn_hash *version);
struct sim_record {
	uint8_t *bytes;
	struct gn_record record; /* borrows bytes */
	bool acknowledged;
	unsigned receipts;
	struct gn_sk owner;
};
struct sim_sets {
	unsigned records, exact;       /* every one of the R nearest holds it */
	unsigned lost;                 /* acknowledged, and no running node has it */
	unsigned slots, filled, extra; /* members, members that hold it, others that do */
};
void sim_check_sets(const struct sim *s, const struct sim_record *records, unsigned count,
		    struct sim_sets *out);
/* Every running server's leaf set holds its true neighbours; the number of nodes for which it
 * does not. */
unsigned sim_check_rings(const struct sim *s);

/* ---- drive.c ---- */
struct sim_stats {
	uint64_t count, ok, exact, failed;
	uint64_t hops_sum, rpcs_sum;
	unsigned hops[64];
	gn_time took_sum, took_max;
	uint64_t handshakes, with_handshake; /* GETs: sessions begun for them; that needed one */
	gn_err last_err;
};
/* Joins one by one; waits for each to be a server, at most a minute of virtual time. */
void sim_join_all(struct sim *s, unsigned count);
void sim_lookups(struct sim *s, unsigned count, unsigned at_once, struct sim_stats *out);
struct sim_record *sim_records_make(struct sim *s, unsigned count);
void sim_records_free(struct sim *s, struct sim_record *r, unsigned count);
/* The same records, one version on. */
void sim_records_renew(struct sim *s, struct sim_record *r, unsigned count);
void sim_puts(struct sim *s, struct sim_record *records, unsigned count, unsigned w,
	      struct sim_stats *out);
/* Gets every record `with_replica` only those that some running node holds. */
void sim_gets(struct sim *s, struct sim_record *records, unsigned count, unsigned quorum,
	      struct sim_stats *out);
unsigned sim_kill_percent(struct sim *s, unsigned percent);
unsigned sim_percentile(const struct sim_stats *st, unsigned per_mille);

/* ---- sybil.c ---- */
/* `count` liars that are nearer to the angle than any honest node, linked to everybody. */
void sim_sybils_start(struct sim *s, unsigned count, uint64_t theta, bool keep);
/* They ask for their links again. */
void sim_sybils_link(struct sim *s);
void sim_sybils_stop(struct sim *s);
void sim_sybil_message(struct sim *s, unsigned a, unsigned b, struct gn_slice bytes);
struct gn_receipt sim_receipt(const struct sim_node *n, const struct gn_record *r);

/* ---- bused.c ---- */
void sim_bused_start(struct sim *s, unsigned i); /* nothing, if the run has none */
void sim_bused_stop(struct sim *s, unsigned i);
bool sim_bused_pump(struct sim *s, unsigned i); /* something moved */
/* False: it is not the bus's. */
bool sim_bused_recv(struct sim *s, unsigned i, unsigned from, struct gn_slice bytes);

/* ---- bus.c ---- */
int sim_run_bus(struct sim *s);
uint64_t sim_bus_counter(const struct sim *s, const char *name);
/* ---- boxed.c ---- */
struct sim_boxed {
	struct sim *s;
	unsigned node;
	struct gn_kv *kv; /* NULL: its node does not run */
	struct gn_box *box;
	struct disk_sim disk;
	uint64_t bytes_out, bytes_mark;
};
/* Before the first node: from now on each has boxes. */
void sim_boxed_init(struct sim *s);
void sim_boxed_free(struct sim *s);
void sim_boxed_start(struct sim *s, unsigned i);
void sim_boxed_stop(struct sim *s, unsigned i, bool lose_disk);
bool sim_boxed_pump(struct sim *s, unsigned i); /* something moved */
gn_time sim_boxed_deadline(const struct sim *s, unsigned i);
void sim_boxed_tick(struct sim *s, unsigned i);
bool sim_boxed_recv(struct sim *s, unsigned i, unsigned from, struct gn_slice bytes);
void sim_boxed_disk(struct sim *s, unsigned i, const struct sim_event *e);
uint64_t sim_boxed_counter(const struct sim *s, const char *name);

/* ---- phases.c ---- */
#define SIM_PHASE_HOLDERS 24
enum sim_phase {
	PHASE_AGAIN,   /* until the deposit begins that stores it: earlier ones failed */
	PHASE_LOOKUP,  /* until somebody is asked: who holds the box is looked up */
	PHASE_WAIT,    /* until the holder is asked whose custody decides */
	PHASE_SESSION, /* until there is a session with it */
	PHASE_SHOW,    /* until the right is shown there */
	PHASE_DEPOSIT, /* until its custody is here: one round trip, and its disk */
	PHASE_SAID,    /* until the engine says that it is stored */
	PHASE_COUNT
};
struct sim_phases {           /* of the deposit that is under way, or was the last */
	gn_time begun, asked; /* asked: the first message to anybody */
	struct sim_holder {
		struct gn_pk pk;
		gn_time asked, shown, sent;
	} holders[SIM_PHASE_HOLDERS];
	unsigned count, custodies;
	gn_time took[PHASE_COUNT]; /* once it is stored */
};
struct sim_letter;
struct sim_letters;
/* From now on it looks what depositors send. */
void sim_phases_follow(struct sim_letters *x);
void sim_phases_begin(struct sim_letter *l, gn_time now);
void sim_phases_custody(struct sim_letter *l, const struct gn_pk *holder, gn_time now);
void sim_phases_stored(struct sim_letter *l, gn_time now);
/* A row for each phase, of letters for which `of` says a time; what it was of the slowest. */
void sim_phases_rows(const struct sim_letters *x, gn_time (*of)(const struct sim_letter *l));

/* ---- letters.c ---- */
#define SIM_LETTER_NEED 3    /* custodies that mean stored */
#define SIM_LETTER_MAX 61440 /* bytes */
enum sim_letter_state { LETTER_NEW, LETTER_WAITS, LETTER_GOES, LETTER_STORED, LETTER_CHECKED };
struct sim_letter { /* one box, and what is written to it */
	struct gn_sk sk, read, ack, by;
	unsigned home, from; /* nodes of its owner, of who writes */
	uint32_t len;
	struct gn_hash item, entry; /* entry: of the item in a holder's log */
	enum sim_letter_state state;
	gn_op op; /* of the depositor, or of the reader */
	unsigned op_node;
	gn_time first, due, stored, whole; /* due: when it is tried again, or looked after */
	unsigned tries;
	uint64_t seq;             /* of its descriptor */
	bool put, put_over, late; /* late: deposited while nodes come and go */
	bool waited;              /* until its writer's node was started */
	bool reading, got;
	gn_time read_at, read_took;
	struct sim_phases phases;
};
struct sim_letters {
	struct sim *s;
	struct sim_letter *all;
	unsigned count;
	struct gn_map by_box; /* key of the box -> number */
	unsigned *active, active_count;
	uint64_t checks, repeats, failures, edition;
	gn_err last_err;
};
void sim_letters_init(struct sim_letters *x, struct sim *s, unsigned count);
void sim_letters_free(struct sim_letters *x);
/* The descriptors of those that `which` says (NULL: all). */
void sim_letters_put(struct sim_letters *x, bool (*which)(const struct sim_letter *l));
/* Letters whose time has come go, are tried again, are looked after. */
void sim_letters_turn(struct sim_letters *x);
void sim_letters_run(struct sim_letters *x, gn_time span);
/* The node is going to be killed. */
void sim_letters_killed(struct sim_letters *x, unsigned node);
/* Reads those that were not got; how many are got in all. */
unsigned sim_letters_read(struct sim_letters *x);
unsigned sim_letters_copies(const struct sim_letters *x, const struct sim_letter *l);
/* A row of the times that `of` says, 0: of another kind. p99: NULL or theirs. */
void sim_letters_times(const struct sim_letters *x, const char *name,
		       gn_time (*of)(const struct sim_letter *l), gn_time *p99);
/* Other letters in the same boxes by the same writers. */
void sim_letters_anew(struct sim_letters *x);
/* The letters from..to - 1 are sent, evenly over the span. */
void sim_letters_schedule(struct sim_letters *x, unsigned from, unsigned to, gn_time span);
/* s->on_box, for who has boxes of another kind besides. */
void sim_letters_told(struct sim *s, unsigned node, const struct gn_box_event *e, void *user);

/* ---- boxes.c, front.c ---- */
int sim_run_boxes(struct sim *s);
int sim_run_front(struct sim *s);

/* ---- nodes.c: whole nodes (node/testing/whole.h) ---- */
int sim_run_nodes(struct sim *s);
/* "port:50,sym:10": false when it is not that, or more than a hundred. text is borrowed. */
bool sim_nats_parse(const char *text, struct sim_nats *out);
/* What the node is behind, by the seed; the first never is; false: nothing. */
bool sim_nats_choose(const struct sim_nats *nats, uint64_t seed, unsigned node,
		     struct jet_sim_nat *nat, bool *carrier);

/* ---- scenario.c ---- */
struct sim_scenario {
	const char *name, *what;
	int (*run)(struct sim *s); /* 0 = everything held */
};
extern const struct sim_scenario sim_scenarios[];
extern const size_t sim_scenario_count;
/* ---- report.c ---- */
/* Prints and counts a failed expectation. */
void sim_expect(struct sim *s, bool ok, const char *fmt, ...) GN_PRINTF(3, 4);
int sim_failures(void);
void sim_row(struct sim *s, const char *name, const char *fmt, ...) GN_PRINTF(3, 4);
void sim_row_stats(struct sim *s, const char *name, const struct sim_stats *st);
void sim_row_handshakes(struct sim *s, const char *name, const struct sim_stats *st);
void sim_row_network(struct sim *s);
void sim_row_traffic(struct sim *s, const char *name);
/* Sorts them; their p99. */
gn_time sim_row_times(struct sim *s, const char *name, gn_time *all, size_t count);
void sim_row_sets(struct sim *s, const char *name, const struct sim_sets *sets);
void sim_report_end(struct sim *s);

#endif
