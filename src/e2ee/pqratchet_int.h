/* The post-quantum ratchet: one ML-KEM-768 exchange after the other, in chunks that ride in the
 * padding, and a chain of keys for each epoch and direction. Rules EE-20..27. */
#ifndef GN_E2EE_PQRATCHET_INT_H
#define GN_E2EE_PQRATCHET_INT_H

#include "e2ee/chunk_int.h"
#include "e2ee/ratchet_int.h"

/* What a side does for the epoch it works on, which is the one after that it sends in. KEY's
 * side made the key pair, TEXT's side makes the ciphertext. */
enum e2ee_role {
	E2EE_SEND_EK,    /* KEY: until the first chunk of the ciphertext */
	E2EE_RECV_CT,    /* KEY: until four of them */
	E2EE_COLLECT_EK, /* TEXT: until four chunks of the key */
	E2EE_SEND_CT,    /* TEXT: until a message in the new epoch */
};

enum e2ee_chunk_kind { E2EE_CHUNK_NONE, E2EE_CHUNK_EK, E2EE_CHUNK_CT };

struct e2ee_pq {
	uint8_t p[E2EE_KEY]; /* of the newest epoch whose chains were made */
	uint32_t send_epoch, recv_epoch;
	struct e2ee_chain send, recv;
	struct e2ee_chain send_next, recv_next; /* of the epoch after, where made */
	bool send_waits, recv_waits;            /* that there is such a chain */
	bool initiator;                         /* a: sends a to b */
	enum e2ee_role role;
	uint16_t count; /* sent in the epoch before send_epoch */
	uint8_t index;  /* SEND_*: of the next chunk */
	uint32_t since; /* SEND_*: messages sent without one */
	uint8_t got;    /* RECV_CT, COLLECT_EK: chunks that came, below four */
	uint8_t got_index[E2EE_QUARTERS];
	uint8_t seed[GN_KEM_SEED_LEN]; /* KEY, from epoch 2 on: the private key */
	uint8_t ek_hash[E2EE_KEY];     /* KEY, from epoch 2 on: SHA-256 of the public one */
	uint8_t bytes[E2EE_OBJECT];    /* SEND_*: the object; else the chunks that came */
};

/* Finds the private half of an own `last` key by the hash of the public one (epoch 1). */
struct e2ee_lasts {
	bool (*find)(const void *user, const uint8_t hash[E2EE_KEY], uint8_t seed[GN_KEM_SEED_LEN]);
	const void *user;
};

/* sk: p_0, chain 0 a to b, chain 0 b to a (96 bytes of SK). a waits for a ciphertext. */
void e2ee_pq_start(struct e2ee_pq *q, const uint8_t sk[3 * E2EE_KEY], bool initiator);
/* b: the ciphertext of epoch 1 to a's `last`. Draws m. GN_KEY: it is no valid key; GN_NOMEM. */
GN_MUST gn_err e2ee_pq_answer(struct e2ee_pq *q, const uint8_t ek[GN_KEM_PK_LEN],
			      struct gn_rand *rand);

/* The key of the next message, and the header's part of it. GN_LIMIT: the chain is at its end. */
GN_MUST gn_err e2ee_pq_send(struct e2ee_pq *q, struct e2ee_header *header, uint8_t mk[E2EE_KEY]);
static inline bool e2ee_pq_has_chunk(const struct e2ee_pq *q)
{
	return q->role == E2EE_SEND_EK || q->role == E2EE_SEND_CT;
}
/* The next chunk, if there is one and `wanted`; counts messages without. */
enum e2ee_chunk_kind e2ee_pq_chunk(struct e2ee_pq *q, bool wanted, uint8_t *index,
				   uint8_t out[E2EE_CHUNK]);

/* The key of a message whose header was opened; q is a copy, as in e2ee_ratchet_recv, with its
 * errors. */
GN_MUST gn_err e2ee_pq_recv(struct e2ee_pq *q, struct e2ee_skips *skips, const struct e2ee_recv *in,
			    uint8_t mk[E2EE_KEY], uint32_t *used);
/* The message was opened: what its epoch means. Draws a seed when this side becomes KEY. */
GN_MUST gn_err e2ee_pq_arrived(struct e2ee_pq *q, struct gn_rand *rand);
/* And then its chunk; `kind` is not NONE. Draws m when it was the last of a key. GN_KEY: what was
 * rebuilt is no valid key, or a ciphertext that answers none of ours: the session is over
 * (EE-27). GN_NOMEM. */
struct e2ee_chunk {
	enum e2ee_chunk_kind kind;
	uint32_t epoch; /* the header's */
	uint8_t index;
	const uint8_t *bytes; /* E2EE_CHUNK, borrowed */
};
GN_MUST gn_err e2ee_pq_take(struct e2ee_pq *q, const struct e2ee_chunk *chunk,
			    const struct e2ee_lasts *lasts, struct gn_rand *rand);
void e2ee_pq_validate(const struct e2ee_pq *q);

#endif
