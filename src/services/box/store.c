/* What the log of boxes has: an item with what let it in, under SHA-256(box || id), and what was
 * acknowledged of an item, under SHA-256("geonet/box/acks/1" || box || id), so that an item is
 * never written twice. The second outlives the first: while it is there the item is known to be
 * taken. The index is made anew from both at the start.
 *
 *   item   4        GNI 1; the last is the version
 *          1        way: 0 work, 1 invite, 2 certificate, 3 token
 *          1        bits of the descriptor's work
 *          2        bytes of the proof
 *          8 8      until, deposited: Unix seconds
 *          32       box
 *          proof    work:         4 day | 8 nonce
 *                   invite:       32 key | 64 signature
 *                   certificate:  112 | 64 signature
 *                   token:        64 signature | chain
 *          item
 *   acks   4        GNA 1
 *          8        until
 *          4        readers, bit i
 *          32 32    box, SHA-256(item)
 *   turn   4        GNT 1: how it stands with an item of a queue, under
 *                   SHA-256("geonet/box/turn/1" || box || id)
 *          1 1 2    state, end, delivery
 *          8 8      until of the item, end of the lease: Unix seconds
 *          32 32 32 box, SHA-256(item), worker
 *          64 2     the worker's signature, bytes of the chain
 *          chain, outcome
 *
 * The class of an item is in the upper half of its way.
 * Rules BX-12, BX-13, BX-39. */
#include "services/box/engine_int.h"

#define ITEM_HEAD 56u
#define ACK_LEN 80u
#define PROOF_MAX (64u + BOX_TOKEN_MAX)

static const uint8_t item_magic[4] = {'G', 'N', 'I', 1};
static const uint8_t ack_magic[4] = {'G', 'N', 'A', 1};
static const uint8_t turn_magic[4] = {'G', 'N', 'T', 1};

uint32_t gn_box_value_max(void)
{
	return ITEM_HEAD + PROOF_MAX + BOX_ITEM_MAX;
}

static void write_proof(const struct gn_box_proof *p, struct gn_writer *w)
{
	GN_ASSERT(p->way <= GN_BOX_TOKEN);
	uint8_t cert[GN_BOXCERT_LEN];
	switch (p->way) {
	case GN_BOX_WORK:
		gn_write_be32(w, p->work.day);
		gn_write_bytes(w, GN_SLICE(p->work.nonce));
		break;
	case GN_BOX_INVITE:
		gn_write_bytes(w, GN_SLICE(p->invite.b));
		gn_write_bytes(w, GN_SLICE(p->sig.b));
		break;
	case GN_BOX_CERTIFICATE:
		gn_boxcert_put(&p->certificate, cert);
		gn_write_bytes(w, GN_SLICE(cert));
		gn_write_bytes(w, GN_SLICE(p->sig.b));
		break;
	case GN_BOX_TOKEN:
		gn_write_bytes(w, GN_SLICE(p->sig.b));
		gn_write_bytes(w, p->token);
		break;
	}
}

static bool read_proof(unsigned way, struct gn_slice in, struct gn_box_proof *p)
{
	struct gn_reader r = gn_reader(in);
	struct gn_slice s;
	*p = (struct gn_box_proof){.way = (enum gn_box_way)way};
	switch (p->way) {
	case GN_BOX_WORK:
		p->work.day = gn_read_be32(&r);
		s = gn_read_bytes(&r, sizeof p->work.nonce);
		if (!r.bad)
			memcpy(p->work.nonce, s.p, s.len);
		break;
	case GN_BOX_INVITE:
	case GN_BOX_CERTIFICATE:
		s = gn_read_bytes(&r, p->way == GN_BOX_INVITE ? 32 : GN_BOXCERT_LEN);
		if (!r.bad && p->way == GN_BOX_INVITE)
			memcpy(p->invite.b, s.p, s.len);
		else if (!r.bad)
			gn_boxcert_get(s.p, &p->certificate);
		s = gn_read_bytes(&r, sizeof p->sig.b);
		if (!r.bad)
			memcpy(p->sig.b, s.p, s.len);
		break;
	case GN_BOX_TOKEN:
		s = gn_read_bytes(&r, sizeof p->sig.b);
		if (!r.bad)
			memcpy(p->sig.b, s.p, s.len);
		p->token = gn_read_bytes(&r, gn_reader_left(&r));
		break;
	default: return false;
	}
	return !r.bad && gn_reader_left(&r) == 0;
}

gn_err box_value_put(const struct box_value *v, struct gn_buf *out)
{
	GN_ASSERT(v->item.len > 0 && v->item.len <= BOX_ITEM_MAX);
	uint8_t *p = out->p + out->len;
	struct gn_writer w = gn_writer(p, out->cap - out->len);
	uint8_t proof_bytes[PROOF_MAX];
	struct gn_writer proof = gn_writer(proof_bytes, sizeof proof_bytes);
	write_proof(&v->proof, &proof);
	if (proof.bad)
		return GN_TOO_LARGE;
	gn_write_bytes(&w, GN_SLICE(item_magic));
	gn_write_u8(&w, (uint8_t)(v->proof.way | (unsigned)v->cls << 4));
	gn_write_u8(&w, v->effort);
	gn_write_be16(&w, (uint16_t)gn_writer_len(&proof));
	gn_write_be64(&w, v->until);
	gn_write_be64(&w, v->deposited);
	gn_write_bytes(&w, GN_SLICE(v->box.b));
	gn_write_bytes(&w, gn_slice(proof_bytes, gn_writer_len(&proof)));
	gn_write_bytes(&w, v->item);
	if (w.bad)
		return GN_TOO_LARGE;
	out->len += gn_writer_len(&w);
	return GN_OK;
}

gn_err box_value_get(struct gn_slice in, struct box_value *out)
{
	struct gn_reader r = gn_reader(in);
	struct box_value v = {.until = 0};
	struct gn_slice magic = gn_read_bytes(&r, sizeof item_magic);
	if (r.bad || memcmp(magic.p, item_magic, sizeof item_magic) != 0)
		return GN_CORRUPT;
	unsigned way = gn_read_u8(&r);
	v.cls = (uint8_t)(way >> 4);
	way &= 15;
	v.effort = gn_read_u8(&r);
	size_t proof_len = gn_read_be16(&r);
	v.until = gn_read_be64(&r);
	v.deposited = gn_read_be64(&r);
	struct gn_slice box = gn_read_bytes(&r, sizeof v.box.b),
			proof = gn_read_bytes(&r, proof_len);
	if (r.bad || !read_proof(way, proof, &v.proof))
		return GN_CORRUPT;
	memcpy(v.box.b, box.p, box.len);
	v.item = gn_read_bytes(&r, gn_reader_left(&r));
	if (v.item.len == 0 || v.item.len > BOX_ITEM_MAX)
		return GN_CORRUPT;
	*out = v;
	return GN_OK;
}

void box_index_key(const struct gn_pk *box, const struct gn_box_id *id, struct gn_hash *key)
{
	struct gn_slice parts[] = {GN_SLICE(box->b), GN_SLICE(id->b)};
	gn_sha256(parts, GN_COUNT(parts), key);
}

static void side_key(struct gn_slice domain, const struct gn_pk *box, const struct gn_hash *item,
		     struct gn_hash *key)
{
	struct gn_slice parts[] = {domain, GN_SLICE(box->b),
				   gn_slice(item->b, sizeof((struct gn_box_id *)0)->b)};
	gn_sha256(parts, GN_COUNT(parts), key);
}

static void ack_key(const struct gn_pk *box, const struct gn_hash *item, struct gn_hash *key)
{
	side_key(GN_LIT("geonet/box/acks/1"), box, item, key);
}

void box_turn_key(const struct gn_pk *box, const struct gn_hash *item, struct gn_hash *key)
{
	side_key(GN_LIT("geonet/box/turn/1"), box, item, key);
}

void box_store_ack(struct gn_box *b, const struct box_item *it)
{
	GN_ASSERT(it->acked != 0 && it->until > 0);
	uint8_t bytes[ACK_LEN];
	struct gn_hash key;
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	gn_write_bytes(&w, GN_SLICE(ack_magic));
	gn_write_be64(&w, it->until);
	gn_write_be32(&w, it->acked);
	gn_write_bytes(&w, GN_SLICE(it->box->key.b));
	gn_write_bytes(&w, GN_SLICE(it->hash.b));
	GN_ASSERT(!w.bad && gn_writer_len(&w) == sizeof bytes);
	ack_key(&it->box->key, &it->hash, &key);
	/* lost, it is acknowledged again: its reader has it in mind */
	(void)!gn_kv_put(b->cfg.kv, &key, GN_SLICE(bytes), gn_frame_ticket(TICKET_ACK, 0, 0),
			 b->now);
}

void box_store_drop(struct gn_box *b, const struct box_item *it, bool item, bool ack)
{
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_hash key;
	if (item) {
		box_index_key(&it->box->key, &id, &key);
		(void)!gn_kv_drop(b->cfg.kv, &key, 0, b->now);
	}
	if (ack) {
		ack_key(&it->box->key, &it->hash, &key);
		(void)!gn_kv_drop(b->cfg.kv, &key, 0, b->now);
	}
}

bool box_value_is_ack(struct gn_reader *r)
{
	struct gn_slice magic = gn_read_bytes(r, sizeof ack_magic);
	return !r->bad && memcmp(magic.p, ack_magic, sizeof ack_magic) == 0;
}

bool box_value_is_turn(struct gn_reader *r)
{
	struct gn_slice magic = gn_read_bytes(r, sizeof turn_magic);
	return !r->bad && memcmp(magic.p, turn_magic, sizeof turn_magic) == 0;
}

gn_err box_store_turn(struct gn_box *b, const struct box_turn_value *v, uint64_t ticket)
{
	uint8_t bytes[BOX_TURN_MAX];
	struct gn_hash key;
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	GN_ASSERT(v->token.len <= BOX_TOKEN_MAX && v->outcome.len <= BOX_OUTCOME_MAX);
	gn_write_bytes(&w, GN_SLICE(turn_magic));
	gn_write_u8(&w, v->state);
	gn_write_u8(&w, v->end);
	gn_write_be16(&w, v->delivery);
	gn_write_be64(&w, v->until);
	gn_write_be64(&w, v->lent);
	gn_write_bytes(&w, GN_SLICE(v->box.b));
	gn_write_bytes(&w, GN_SLICE(v->hash.b));
	gn_write_bytes(&w, GN_SLICE(v->worker.b));
	gn_write_bytes(&w, GN_SLICE(v->sig.b));
	gn_write_be16(&w, (uint16_t)v->token.len);
	gn_write_bytes(&w, v->token);
	gn_write_bytes(&w, v->outcome);
	GN_ASSERT(!w.bad);
	box_turn_key(&v->box, &v->hash, &key);
	return gn_kv_put(b->cfg.kv, &key, gn_slice(bytes, gn_writer_len(&w)), ticket, b->now);
}

gn_err box_turn_value_get(struct gn_reader *r, struct box_turn_value *out)
{
	struct box_turn_value v = {.state = gn_read_u8(r)};
	v.end = gn_read_u8(r);
	v.delivery = gn_read_be16(r);
	v.until = gn_read_be64(r);
	v.lent = gn_read_be64(r);
	struct gn_slice box = gn_read_bytes(r, 32), hash = gn_read_bytes(r, 32),
			worker = gn_read_bytes(r, 32), sig = gn_read_bytes(r, sizeof v.sig.b);
	size_t token_len = gn_read_be16(r);
	v.token = gn_read_bytes(r, token_len);
	v.outcome = gn_read_bytes(r, gn_reader_left(r));
	if (r->bad || v.state > GN_FB_BOX_TURN_STATE_DEAD || v.token.len > BOX_TOKEN_MAX ||
	    v.outcome.len > BOX_OUTCOME_MAX)
		return GN_CORRUPT;
	memcpy(v.box.b, box.p, 32);
	memcpy(v.hash.b, hash.p, 32);
	memcpy(v.worker.b, worker.p, 32);
	memcpy(v.sig.b, sig.p, sizeof v.sig.b);
	*out = v;
	return GN_OK;
}

void box_store_drop_turn(struct gn_box *b, const struct box_item *it)
{
	struct gn_hash key;
	box_turn_key(&it->box->key, &it->hash, &key);
	(void)!gn_kv_drop(b->cfg.kv, &key, 0, b->now);
}
