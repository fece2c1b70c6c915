/* Two that know one code, or have met by one, agree that they are those two, over one ordered
 * stream of a session: then the stream is a transfer's (transfer.h).
 *
 *   A, who opened the session   SHARE {pA 65} ->                        B
 *                               <- SHARE {pB 65, cB 32}                 a guess of A's is spent
 *                               CONFIRM {cA 32} ->
 *   or, later and without code  RESUME {id 16, mac 32} -> <- RESUME {id 16, mac 32}
 *   either, instead             STOP {code, reason}
 *
 *   RUNS -> DONE    [the other's confirmation, or mac, was right] secret is what both resume by
 *        -> FAILED  [err, why] a STOP may have to go out still
 *
 * Bytes and time in, bytes and a deadline out. Both ends are values that their owner wipes. What
 * is bound: both session keys and what only this session exports, so no byte of it is of use in
 * another. Rule RE-61. */
#ifndef GN_SERVICES_TRANSFER_PAIRING_H
#define GN_SERVICES_TRANSFER_PAIRING_H

#include "base/base.h"
#include "crypto/crypto.h"

/* ---- the code's life: one for all streams and sessions of who gave it out ---- */

/* A value; wiped with gn_wipe. Dead when used, after CODE_FAILURES guesses or CODE_LIFE. */
struct gn_transfer_code {
	char text[GN_CODE_MAX]; /* secret */
	gn_time until;
	gn_time next;      /* no guess is heard before */
	uint32_t failures; /* guesses that were spent and not right (yet): shown */
	bool used;
	uint64_t refused; /* guesses that were not heard */
};
void gn_transfer_code_init(struct gn_transfer_code *c, const struct gn_code *code, gn_time now);
/* GN_OK: a guess would be heard; GN_BUSY: at c->next; GN_EXPIRED: never again. */
GN_MUST gn_err gn_transfer_code_state(const struct gn_transfer_code *c, gn_time now);

/* ---- resuming ---- */

/* What two that paired once know of each other. A value, secret. */
struct gn_transfer_secret {
	uint8_t id[16]; /* which, said in the clear of the session */
	uint8_t key[32];
};

/* ---- one run ---- */

/* A frame as it comes: type 1, length 4, body. */
struct gn_transfer_frame {
	uint8_t head[5];
	uint32_t head_len, type, len, got;
};

#define GN_PAIRING_WHY 257 /* bytes of a sentence, with its zero */
#define GN_PAIRING_OUT 192 /* bytes that wait at most: a SHARE, a CONFIRM, a STOP of 80 */

struct gn_pairing_config {
	enum gn_spake2_role role;
	struct gn_pk a, b; /* the keys of the session: of who opened it, of the other */
	uint8_t exported[32];
	/* At most one of them. The sender's, borrowed, shared by all its runs; or what the receiver
	 * typed. */
	struct gn_transfer_code *code;
	const struct gn_code *typed; /* only for the call */
	/* A with it resumes by it; B takes either. NULL: none. Only for the call. */
	const struct gn_transfer_secret *secret;
};

enum gn_pairing_state { GN_PAIRING_RUNS, GN_PAIRING_DONE, GN_PAIRING_FAILED };

struct gn_pairing {
	/* Shown. DONE: the secret; FAILED: GN_AUTH (a wrong code, or someone between), GN_BUSY,
	 * GN_EXPIRED (the code is dead, nothing is to be resumed), GN_TIMEOUT, GN_PROTOCOL,
	 * GN_REMOTE (another STOP), and a sentence. */
	enum gn_pairing_state state;
	gn_err err;
	char why[GN_PAIRING_WHY];
	struct gn_transfer_secret secret;
	bool resumed;

	enum gn_spake2_role role;
	struct gn_pk a, b;
	uint8_t exported[32];
	struct gn_transfer_code *code;
	char text[GN_CODE_MAX];
	bool has_secret;
	struct gn_transfer_secret held;
	struct gn_spake2 spake;
	struct gn_rand *rand;
	gn_time until;
	struct gn_transfer_frame frame;
	uint8_t in[GN_PAIRING_WHY], out[GN_PAIRING_OUT];
	uint32_t out_at, out_len;
};

/* rand: borrowed for the run. */
void gn_pairing_init(struct gn_pairing *p, struct gn_rand *rand,
		     const struct gn_pairing_config *config, gn_time now);
/* What the stream brought; returns how much of it is the pairing's: what is left when it is DONE
 * is the transfer's. */
size_t gn_pairing_recv(struct gn_pairing *p, struct gn_slice in, gn_time now);
/* Up to cap bytes for the stream; 0: nothing now. Also when it has failed. */
size_t gn_pairing_send(struct gn_pairing *p, uint8_t *out, size_t cap);
gn_time gn_pairing_deadline(const struct gn_pairing *p);
void gn_pairing_tick(struct gn_pairing *p, gn_time now);
void gn_pairing_wipe(struct gn_pairing *p);

#endif
