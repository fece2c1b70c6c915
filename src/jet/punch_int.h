/* Offers of addresses, and going through NATs by them (offer.c, punch.c). */
#ifndef GN_JET_PUNCH_INT_H
#define GN_JET_PUNCH_INT_H

#include "guard/share.h"
#include "jet/frame_int.h"
#include "jet/in_int.h"
#include "jet/limits.h"
#include "jet/paths_int.h"

struct jet_out;
struct jet_guess;

enum jet_punch_state {
	JET_PUNCH_IDLE,   /* one of the offers is missing, or the session runs directly */
	JET_PUNCH_AGREED, /* the client's `go` is under way: the volley begins soon */
	JET_PUNCH_VOLLEY,
	JET_PUNCH_ASKED, /* the owner is asked for sockets (guess.c) */
	JET_PUNCH_GUESS,
	JET_PUNCH_BOUND, /* one has answered; a better one may yet */
	JET_PUNCH_PAUSE, /* nobody did: again later */
};

#define JET_RANK_TURN 3 /* a relay's, of either side: the last */

struct jet_punch_way {
	struct gn_way way;
	uint8_t rank;  /* less is better */
	uint8_t tried; /* volleys that it was in */
};

/* A try that a client made us begin. */
struct jet_punched {
	struct gn_holder who;
	gn_time at;
};

struct jet_punch {
	/* offers; 0: none yet */
	uint64_t own_epoch, peer_epoch;
	struct gn_jet_offer own, peer;
	bool offer_due, go_due, guess_due; /* guess_due: as go_due, to guess */
	/* the try */
	enum jet_punch_state state;
	uint64_t tried_own, tried_peer; /* epochs of the last try */
	uint32_t path;
	uint32_t main; /* the path that carried when nothing was tried last */
	gn_time at;    /* of what comes next; GN_NEVER */
	gn_time began, again_after;
	gn_time hurried; /* by the peer's newer offers, up to then */
	uint64_t spent;  /* bytes of challenges in all tries, with IP and UDP */
	uint8_t volley, rank;
	uint8_t secret[32];      /* what a challenge tells of its address */
	bool missed;             /* the last guess was in vain */
	bool limited;            /* what would have been next was one too many */
	struct jet_guess *guess; /* owned; NULL: none is under way */
	uint32_t guess_link;     /* by which the last one was of use; 0: by none */
	uint32_t count;
	struct jet_punch_way ways[JET_PUNCH_WAYS];
};

/* ---- offer.c ---- */
/* What the client says is to begin now, on the frame's path. */
enum jet_offer_go { JET_GO_NOTHING, JET_GO_PUNCH, JET_GO_GUESS };
gn_err jet_offer_on_frame(struct jet_session *s, const struct jet_frame *f, enum jet_offer_go *go);
void jet_offer_write(struct jet_session *s, struct jet_out *o);
bool jet_offer_pending(const struct jet_session *s);
void jet_offer_lost(struct jet_session *s);
void jet_punch_free(struct jet_session *s);

/* ---- punch_try.c ---- */
/* Both ends let a path by nobody else be (RE-11). */
bool jet_punch_allowed(const struct jet_session *s);
bool jet_punch_is_nobodys(const struct gn_addr *a); /* this machine, or many */
/* One more that is tried, where there are fewer than `most`; turn: it is a TURN server's. */
void jet_punch_add_way(struct jet_punch *u, const struct gn_way *way, bool turn, uint32_t most);
/* May the client's path id be begun? */
bool jet_punch_usable(const struct jet_session *s, uint32_t path);
/* A path for a try that begins then. */
gn_err jet_punch_begin(struct jet_session *s, uint32_t path, gn_time at, gn_time now);
/* The eight bytes of a challenge to there. */
void jet_punch_token(const struct jet_punch *u, const struct gn_way *way, uint8_t out[8]);
void jet_punch_give_up(struct jet_session *s, gn_time now);

/* ---- punch.c ---- */
/* Something changed: a try may begin. */
gn_err jet_punch_look(struct jet_session *s, gn_time now);
/* The client begins a try on `path`. */
gn_err jet_punch_go(struct jet_session *s, uint32_t path, gn_time now);
/* A challenge came on a path that is being punched. */
void jet_punch_heard(const struct jet_in *in);
/* A response did; true when it is one of ours and the path has its address now, *fresh when it had
 * none before. */
bool jet_punch_answered(const struct jet_in *in, const struct jet_frame *f, bool *fresh);
/* The next address to challenge and the eight bytes for it; false: none now. */
bool jet_punch_next(struct jet_session *s, gn_time now, struct jet_path **p, struct gn_way *to,
		    uint8_t data[8]);
/* Why it runs over somebody else. */
enum gn_jet_indirect jet_punch_why_not(const struct jet_session *s);
gn_time jet_punch_deadline(const struct jet_session *s);
gn_err jet_punch_tick(struct jet_session *s, gn_time now);

#endif
