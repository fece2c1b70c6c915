/* A group's message: one for all members, sealed under the next key of the writer's chain, signed
 * inside by the writer's device.
 *
 * 1. Whoever is in the epoch can seal for every leaf; only the leaf's device can sign. So a chain
 *    moves after the signature was right, and a forger leaves nothing (EE-44).
 * 2. Header and body share a nonce and never a key.
 * 3. A device that was put back and writes a number again repeats no (key, nonce): the nonce is
 *    random. Its own message of a higher number moves its chain as any other's would, so that it
 *    does not go on from behind.
 *
 * Spec: EE-42..EE-45, EE-50. */
#include "e2ee/envelope_int.h"
#include "e2ee/group_int.h"

#define SIG 64
#define FIXED (E2EE_GROUP_BODY + SIG + E2EE_TAG) /* of a message, besides content and zeros */

static const uint8_t magic[6] = {'G', 'N', 'E', 1, 0, E2EE_TO_GROUP};

_Static_assert(GN_E2EE_GROUP_ROOM == E2EE_ENVELOPE_MAX - FIXED, "what the largest holds");

/* What the device signs; text: content and zeros. */
struct said {
	struct gn_slice parts[3];
	uint8_t where[12];
};
static void said(struct said *s, const struct gn_e2ee_epoch *ep, const uint32_t at[2],
		 struct gn_slice text)
{
	struct gn_writer w = gn_writer(s->where, sizeof s->where);
	gn_write_be32(&w, ep->epoch);
	gn_write_be32(&w, at[0]);
	gn_write_be32(&w, at[1]);
	GN_ASSERT(!w.bad);
	s->parts[0] = GN_SLICE(ep->group.b);
	s->parts[1] = GN_SLICE(s->where);
	s->parts[2] = text;
}

static const char domain[] = "geonet/group/message/1";

/* ---- writing ---- */

static gn_err seal(const struct gn_e2ee_epoch *ep, const uint8_t mk[E2EE_KEY], uint8_t *out,
		   size_t size)
{
	const uint8_t *nonce = out + E2EE_NONCE_AT;
	GN_TRY(e2ee_seal(ep->header, nonce, gn_slice(out, E2EE_GROUP_FIRST), out + E2EE_GROUP_FIRST,
			 8));
	return e2ee_seal(mk, nonce, gn_slice(out, E2EE_GROUP_BODY), out + E2EE_GROUP_BODY,
			 size - E2EE_GROUP_BODY - E2EE_TAG);
}

gn_err gn_e2ee_epoch_write(struct gn_e2ee_epoch *ep, const struct gn_sk *device,
			   struct gn_slice content, struct gn_buf *out, uint32_t *n)
{
	uint32_t place = e2ee_epoch_place(ep, ep->own);
	size_t size =
		content.len > GN_E2EE_GROUP_ROOM ? 0 : e2ee_envelope_size(FIXED + content.len);
	GN_ASSERT(place < ep->count && out->len <= out->cap);
	if (size == 0 || size > out->cap - out->len)
		return GN_TOO_LARGE;
	struct e2ee_chain chain = ep->chains[place];
	if (chain.n >= UINT32_MAX - 1)
		return GN_LIMIT;
	uint32_t at[2] = {ep->own, chain.n};
	uint8_t mk[E2EE_KEY], nonce[E2EE_ENVELOPE_NONCE], *p = out->p + out->len;
	struct gn_writer w = gn_writer(p, size);
	struct gn_sig sig;
	struct said s;
	gn_rand_fill(ep->env.rand, nonce, sizeof nonce);
	e2ee_chain_step(&chain, mk);
	gn_write_bytes(&w, GN_SLICE(magic));
	gn_write_bytes(&w, GN_SLICE(nonce));
	gn_write_be32(&w, ep->epoch);
	gn_write_be32(&w, at[0]);
	gn_write_be32(&w, at[1]);
	GN_ASSERT(!w.bad);
	uint8_t *text = p + E2EE_GROUP_BODY + SIG;
	size_t len = size - FIXED;
	memset(text, 0, len);
	if (content.len)
		memcpy(text, content.p, content.len);
	said(&s, ep, at, gn_slice(text, len));
	gn_sign(device, domain, s.parts, GN_COUNT(s.parts), &sig);
	memcpy(p + E2EE_GROUP_BODY, sig.b, SIG);
	gn_err err = seal(ep, mk, p, size);
	gn_wipe(mk, sizeof mk);
	if (!err) {
		ep->chains[place] = chain;
		e2ee_epoch_moved(ep, place);
		out->len += size;
		*n = at[1];
	}
	gn_wipe(&chain, sizeof chain);
	return err;
}

/* ---- reading ---- */

bool gn_e2ee_group_epoch(struct gn_slice message, uint32_t *epoch)
{
	if (message.len < FIXED || e2ee_envelope_size(message.len) != message.len ||
	    memcmp(message.p, magic, sizeof magic) != 0)
		return false;
	*epoch = gn_be32(message.p + E2EE_GROUP_FIRST - 4);
	return true;
}

struct reading {
	struct gn_e2ee_epoch *ep;
	struct gn_slice message;
	const struct gn_e2ee_leaves *leaves;
	const struct gn_pk *device; /* the leaf's */
	uint64_t now;
	uint32_t at[2]; /* leaf, n */
	/* the copy */
	struct e2ee_chain chain; /* secret */
	uint32_t place, used;
	uint8_t mk[E2EE_KEY]; /* secret */
};

static gn_err open_header(struct reading *r)
{
	uint8_t head[E2EE_GROUP_HEAD];
	memcpy(head, r->message.p + E2EE_GROUP_FIRST, sizeof head);
	GN_TRY(e2ee_open(r->ep->header, r->message.p + E2EE_NONCE_AT,
			 gn_slice(r->message.p, E2EE_GROUP_FIRST), head, sizeof head));
	r->at[0] = gn_be32(head);
	r->at[1] = gn_be32(head + 4);
	return GN_OK;
}

/* The message's key, on a copy of the chain. GN_STATE: there is none. */
static gn_err message_key(struct reading *r)
{
	struct gn_e2ee_epoch *ep = r->ep;
	uint8_t chain[E2EE_KEY] = {0};
	gn_put_be32(chain, r->at[0]);
	r->used = E2EE_NOT_SKIPPED;
	r->chain = ep->chains[r->place];
	if (r->at[1] < r->chain.n) {
		r->used = e2ee_skips_find(&ep->skips, chain, r->at[1], r->now);
		if (r->used == E2EE_NOT_SKIPPED)
			return GN_STATE;
		memcpy(r->mk, ep->skips.at[r->used].key, E2EE_KEY);
		return GN_OK;
	}
	gn_err err = e2ee_skips_run(&ep->skips, chain, &r->chain, r->at[1], r->now);
	if (!err && r->at[1] >= UINT32_MAX - 1)
		err = GN_LIMIT;
	if (err)
		return err == GN_LIMIT ? GN_STATE : err;
	e2ee_chain_step(&r->chain, r->mk);
	return GN_OK;
}

/* The body and its signature, at out: sig, content, zeros, tag. */
static gn_err open_body(struct reading *r, uint8_t *out)
{
	size_t len = r->message.len - E2EE_GROUP_BODY;
	struct gn_sig sig;
	struct said s;
	memcpy(out, r->message.p + E2EE_GROUP_BODY, len);
	GN_TRY(e2ee_open(r->mk, r->message.p + E2EE_NONCE_AT,
			 gn_slice(r->message.p, E2EE_GROUP_BODY), out, len));
	memcpy(sig.b, out, SIG);
	said(&s, r->ep, r->at, gn_slice(out + SIG, len - SIG - E2EE_TAG));
	return gn_verify(r->device, domain, s.parts, GN_COUNT(s.parts), &sig);
}

static void commit(struct reading *r)
{
	struct gn_e2ee_epoch *ep = r->ep;
	uint64_t serial = ep->skips.serial, dropped = ep->skips.dropped;
	ep->chains[r->place] = r->chain;
	e2ee_skips_commit(&ep->skips, r->used, r->now);
	ep->skips_changed |= r->used != E2EE_NOT_SKIPPED || serial != ep->skips.serial ||
			     dropped != ep->skips.dropped;
	e2ee_epoch_moved(ep, r->place);
}

/* GN_OK and result told, or what could not be judged. */
static gn_err judge(struct reading *r, struct gn_buf *out, struct gn_e2ee_group_read *result)
{
	gn_err err = open_header(r);
	if (err) {
		result->result = GN_E2EE_UNKNOWN;
		return err == GN_AUTH ? GN_OK : err;
	}
	result->leaf = r->at[0];
	result->n = r->at[1];
	r->place = e2ee_epoch_place(r->ep, r->at[0]);
	result->result = GN_E2EE_RESEND;
	if (r->place == r->ep->count)
		return GN_OK;
	r->device = r->leaves->device(r->leaves->user, r->at[0]);
	if (!r->device)
		return GN_OK;
	if ((err = message_key(r)) != GN_OK)
		return err == GN_STATE ? GN_OK : err;
	err = open_body(r, out->p + out->len);
	if (err) {
		e2ee_skips_abort(&r->ep->skips);
		result->result = GN_E2EE_REFUSED;
		return err == GN_NOMEM ? err : GN_OK;
	}
	commit(r);
	result->result = GN_E2EE_OPENED;
	result->len = r->message.len - FIXED;
	memmove(out->p + out->len, out->p + out->len + SIG, result->len);
	out->len += result->len;
	return GN_OK;
}

gn_err gn_e2ee_epoch_read(struct gn_e2ee_epoch *ep, struct gn_slice message,
			  const struct gn_e2ee_leaves *leaves, struct gn_buf *out,
			  struct gn_e2ee_group_read *result, gn_time now)
{
	struct reading r = {.ep = ep, .message = message, .leaves = leaves, .now = gn_unix(now)};
	struct gn_e2ee_group_read res = {.result = GN_E2EE_REFUSED};
	uint32_t epoch;
	GN_ASSERT(now >= 0 && out->len <= out->cap);
	if (!gn_e2ee_group_epoch(message, &epoch)) {
		*result = res;
		return GN_OK;
	}
	res.result = GN_E2EE_UNKNOWN;
	if (epoch != ep->epoch) {
		*result = res;
		return GN_OK;
	}
	if (out->cap - out->len < message.len)
		return GN_TOO_LARGE;
	gn_err err = judge(&r, out, &res);
	gn_wipe(&r.chain, sizeof r.chain);
	gn_wipe(r.mk, sizeof r.mk);
	if (!err)
		*result = res;
	return err;
}
