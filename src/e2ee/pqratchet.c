/* Both sides make keys in turn: whoever sent the ciphertext last makes the next key pair. So an
 * epoch needs two passages, each of any four of the chunks that happened to arrive, and the
 * exchange never waits for a particular message.
 *
 * 1. p of an epoch is replaced as soon as the chains of the next are made; both chains are made at
 *    once and never again (EE-21).
 * 2. A side works on the epoch after the one it sends in: `send_epoch` + 1.
 * 3. At most one epoch waits to be read (`recv_waits`): the next one needs messages of this one.
 * 4. bytes holds an object in SEND_*, chunks in the other two; the private key is kept in KEY only.
 *
 *    KEY(e):  SEND_EK -> RECV_CT [first CT chunk] -> TEXT(e+1) COLLECT_EK [fourth: decapsulated,
 *             sends in e]
 *    TEXT(e): COLLECT_EK -> SEND_CT [fourth EK chunk: e opens for reading] -> KEY(e+1) SEND_EK
 *             [e2ee_pq_arrived: a message in e came, sends in e]
 *
 * Spec: EE-20..27. */
#include "e2ee/limits.h"
#include "e2ee/pqratchet_int.h"

#define CT_HASH GN_KEM_CT_LEN               /* the hash follows the ciphertext, */
#define CT_ZEROS (GN_KEM_CT_LEN + E2EE_KEY) /* and zeros follow the hash */

void e2ee_pq_start(struct e2ee_pq *q, const uint8_t sk[3 * E2EE_KEY], bool initiator)
{
	*q = (struct e2ee_pq){.initiator = initiator,
			      .role = initiator ? E2EE_RECV_CT : E2EE_COLLECT_EK};
	memcpy(q->p, sk, E2EE_KEY);
	memcpy(initiator ? q->send.key : q->recv.key, sk + E2EE_KEY, E2EE_KEY);
	memcpy(initiator ? q->recv.key : q->send.key, sk + 2 * E2EE_KEY, E2EE_KEY);
}

/* Chains of the epoch this side works on. */
static void next_epoch(struct e2ee_pq *q, const uint8_t ss[GN_KEM_SHARED_LEN])
{
	GN_ASSERT(!q->send_waits && !q->recv_waits && q->send_epoch < UINT32_MAX);
	e2ee_epoch_step(q->p, ss, q->send_epoch + 1, q->initiator ? &q->send_next : &q->recv_next,
			q->initiator ? &q->recv_next : &q->send_next);
	q->send_waits = q->recv_waits = true;
}

static void send_in_next(struct e2ee_pq *q)
{
	GN_ASSERT(q->send_waits);
	q->count = (uint16_t)(q->send.n < E2EE_COUNT_MAX ? q->send.n : E2EE_COUNT_MAX);
	q->send = q->send_next;
	q->send_epoch++;
	q->send_waits = false;
	gn_wipe(&q->send_next, sizeof q->send_next);
}

static void begin(struct e2ee_pq *q, enum e2ee_role role)
{
	q->role = role;
	q->index = q->got = 0;
	q->since = 0;
}

/* The ciphertext to a key of the peer, and its epoch, open for reading. */
static gn_err encapsulate(struct e2ee_pq *q, const uint8_t ek[GN_KEM_PK_LEN], struct gn_rand *rand)
{
	uint8_t ct[GN_KEM_CT_LEN], ss[GN_KEM_SHARED_LEN];
	struct gn_hash hash;
	struct gn_slice key = gn_slice(ek, GN_KEM_PK_LEN);
	GN_ASSERT(q->role == E2EE_COLLECT_EK);
	GN_TRY(gn_kem_encap(rand, ek, ct, ss));
	gn_sha256(&key, 1, &hash);
	memset(q->bytes, 0, sizeof q->bytes);
	memcpy(q->bytes, ct, sizeof ct);
	memcpy(q->bytes + CT_HASH, hash.b, sizeof hash.b);
	next_epoch(q, ss);
	begin(q, E2EE_SEND_CT);
	gn_wipe(ss, sizeof ss);
	return GN_OK;
}

gn_err e2ee_pq_answer(struct e2ee_pq *q, const uint8_t ek[GN_KEM_PK_LEN], struct gn_rand *rand)
{
	GN_ASSERT(!q->initiator && q->send_epoch == 0);
	return encapsulate(q, ek, rand);
}

gn_err e2ee_pq_send(struct e2ee_pq *q, struct e2ee_header *header, uint8_t mk[E2EE_KEY])
{
	if (q->send.n >= UINT32_MAX - 1)
		return GN_LIMIT;
	header->epoch = q->send_epoch;
	header->en = q->send.n;
	header->count = q->count;
	e2ee_chain_step(&q->send, mk);
	return GN_OK;
}

enum e2ee_chunk_kind e2ee_pq_chunk(struct e2ee_pq *q, bool wanted, uint8_t *index,
				   uint8_t out[E2EE_CHUNK])
{
	*index = 0;
	if (!e2ee_pq_has_chunk(q))
		return E2EE_CHUNK_NONE;
	if (!wanted) {
		q->since += q->since < UINT32_MAX;
		return E2EE_CHUNK_NONE;
	}
	*index = q->index;
	e2ee_chunk(q->bytes, q->index, out);
	q->index = (uint8_t)((q->index + 1) % E2EE_CHUNK_INDICES);
	q->since = 0;
	return q->role == E2EE_SEND_EK ? E2EE_CHUNK_EK : E2EE_CHUNK_CT;
}

static void chain_name(uint32_t epoch, uint8_t out[E2EE_KEY])
{
	struct gn_writer w = gn_writer(out, E2EE_KEY);
	memset(out, 0, E2EE_KEY);
	gn_write_be32(&w, epoch);
}

gn_err e2ee_pq_recv(struct e2ee_pq *q, struct e2ee_skips *skips, const struct e2ee_recv *in,
		    uint8_t mk[E2EE_KEY], uint32_t *used)
{
	const struct e2ee_header *h = in->header;
	uint8_t name[E2EE_KEY];
	*used = E2EE_NOT_SKIPPED;
	if (q->recv_waits && h->epoch == q->recv_epoch + 1) {
		chain_name(q->recv_epoch, name);
		GN_TRY(e2ee_skips_run(skips, name, &q->recv, h->count, in->now));
		q->recv = q->recv_next;
		q->recv_epoch++;
		q->recv_waits = false;
		gn_wipe(&q->recv_next, sizeof q->recv_next);
	}
	chain_name(h->epoch, name);
	if (h->epoch != q->recv_epoch || h->en < q->recv.n) {
		uint32_t at = e2ee_skips_find(skips, name, h->en, in->now);
		if (at == E2EE_NOT_SKIPPED)
			return GN_NOT_FOUND;
		memcpy(mk, skips->at[at].key, E2EE_KEY);
		*used = at;
		return GN_OK;
	}
	GN_TRY(e2ee_skips_run(skips, name, &q->recv, h->en, in->now));
	if (h->en >= UINT32_MAX - 1)
		return GN_LIMIT;
	e2ee_chain_step(&q->recv, mk);
	return GN_OK;
}

gn_err e2ee_pq_arrived(struct e2ee_pq *q, struct gn_rand *rand)
{
	uint8_t ek[GN_KEM_PK_LEN];
	struct gn_hash hash;
	if (q->role != E2EE_SEND_CT || q->recv_epoch != q->send_epoch + 1)
		return GN_OK;
	gn_rand_fill(rand, q->seed, sizeof q->seed);
	GN_TRY(gn_kem_public(q->seed, ek));
	gn_sha256((struct gn_slice[]){GN_SLICE(ek)}, 1, &hash);
	memcpy(q->ek_hash, hash.b, sizeof q->ek_hash);
	memcpy(q->bytes, ek, sizeof ek);
	send_in_next(q);
	begin(q, E2EE_SEND_EK);
	return GN_OK;
}

/* The fourth chunk of the ciphertext came: the shared secret of the epoch, on both chains. */
static gn_err decapsulate(struct e2ee_pq *q, const uint8_t object[E2EE_OBJECT],
			  const struct e2ee_lasts *lasts)
{
	uint8_t seed[GN_KEM_SEED_LEN], ss[GN_KEM_SHARED_LEN];
	const uint8_t *hash = object + CT_HASH;
	bool found;
	if (!gn_is_zero(object + CT_ZEROS, E2EE_OBJECT - CT_ZEROS))
		return GN_KEY;
	if (q->send_epoch == 0) {
		found = lasts->find(lasts->user, hash, seed);
	} else {
		found = memcmp(hash, q->ek_hash, E2EE_KEY) == 0;
		memcpy(seed, q->seed, sizeof seed);
	}
	gn_err err = found ? gn_kem_decap(seed, object, ss) : GN_KEY;
	gn_wipe(seed, sizeof seed);
	if (err)
		return err;
	next_epoch(q, ss);
	send_in_next(q);
	begin(q, E2EE_COLLECT_EK);
	gn_wipe(q->seed, sizeof q->seed);
	gn_wipe(q->ek_hash, sizeof q->ek_hash);
	gn_wipe(q->bytes, sizeof q->bytes);
	gn_wipe(ss, sizeof ss);
	return GN_OK;
}

/* Keeps a chunk; true when it was the fourth. */
static bool collect(struct e2ee_pq *q, const struct e2ee_chunk *chunk)
{
	GN_ASSERT(q->got < E2EE_QUARTERS && chunk->index < E2EE_CHUNK_INDICES);
	for (unsigned i = 0; i < q->got; i++)
		if (q->got_index[i] == chunk->index)
			return false;
	memcpy(q->bytes + (size_t)q->got * E2EE_CHUNK, chunk->bytes, E2EE_CHUNK);
	q->got_index[q->got++] = chunk->index;
	return q->got == E2EE_QUARTERS;
}

gn_err e2ee_pq_take(struct e2ee_pq *q, const struct e2ee_chunk *chunk,
		    const struct e2ee_lasts *lasts, struct gn_rand *rand)
{
	uint8_t object[E2EE_OBJECT];
	bool key = chunk->kind == E2EE_CHUNK_EK;
	GN_ASSERT(chunk->kind != E2EE_CHUNK_NONE);
	if (chunk->epoch != q->send_epoch)
		return GN_OK;
	if (key ? q->role != E2EE_COLLECT_EK : q->role != E2EE_SEND_EK && q->role != E2EE_RECV_CT)
		return GN_OK;
	if (q->role == E2EE_SEND_EK) {
		memset(q->bytes, 0, sizeof q->bytes);
		begin(q, E2EE_RECV_CT);
	}
	if (!collect(q, chunk))
		return GN_OK;
	e2ee_unchunk(q->got_index, q->bytes, object);
	q->got = 0;
	return key ? encapsulate(q, object, rand) : decapsulate(q, object, lasts);
}

void e2ee_pq_validate(const struct e2ee_pq *q)
{
	bool text = q->role == E2EE_COLLECT_EK || q->role == E2EE_SEND_CT;
	GN_ASSERT(q->got < E2EE_QUARTERS && q->index < E2EE_CHUNK_INDICES);
	GN_ASSERT(q->send_waits == (q->role == E2EE_SEND_CT) || q->send_epoch == UINT32_MAX);
	GN_ASSERT(q->recv_epoch <= q->send_epoch || q->recv_epoch == q->send_epoch + 1);
	GN_ASSERT(q->recv_epoch + q->recv_waits <= q->send_epoch + q->send_waits);
	GN_ASSERT(!text || gn_is_zero(q->seed, sizeof q->seed));
}
