/* Messages between nodes: delays, slow lines, and what liars make of chunks. */
#include "services/testing/world_int.h"
#include "wire/generated/blocks_fb.h"

#include <stdlib.h>

unsigned svc_index(const struct svc *s, const struct gn_contact *c)
{
	static const struct gn_pk unknown;
	for (unsigned i = 0; i < s->count; i++)
		if (memcmp(&c->pk, &unknown, sizeof unknown)
			    ? memcmp(&c->pk, &s->nodes[i].sk.pk, 32) == 0
			    : c->addr_count && gn_addr_eq(&c->addrs[0], &s->nodes[i].addr))
			return i;
	return SVC_NODES;
}

bool svc_session(const struct svc *s, unsigned node, unsigned to, uint8_t out[32])
{
	unsigned low = to < node ? to : node, high = to < node ? node : to;
	struct gn_hash h;
	if (to == SVC_NODES || !s->nodes[node].session[to])
		return false;
	uint8_t text[3] = {(uint8_t)low, (uint8_t)high, (uint8_t)s->nodes[low].sessions[high]};
	gn_sha256_tagged("a session of the world", GN_SLICE(text), &h);
	memcpy(out, h.b, 32);
	return true;
}

/* Bends a chunk on its way out; false: it is not sent. */
static bool svc_lie(struct svc_node *n, uint8_t *p, size_t len)
{
	struct gn_fb_block_message m;
	if (!n->lies || gn_fb_block_message_verify(gn_slice(p, len), &m) != GN_OK)
		return true;
	uint8_t type = gn_fb_block_message_body_type(m);
	if (type == GN_FB_BLOCK_BODY_CHUNK_ACK && n->lies & SVC_FORGED_RECEIPT) {
		struct gn_fb_chunk_ack ack = gn_fb_block_message_body_as_chunk_ack(m);
		if (gn_fb_chunk_ack_has_receipt(ack))
			for (size_t i = 0; i + 64 <= len; i++) {
				/* the signature, wherever it lies */
				struct gn_fb_sig sig =
					gn_fb_receipt_sig(gn_fb_chunk_ack_receipt(ack));
				if (memcmp(p + i, sig.b, 64) == 0) {
					p[i] ^= 1;
					break;
				}
			}
	}
	if (type != GN_FB_BLOCK_BODY_CHUNK)
		return true;
	struct gn_fb_chunk c = gn_fb_block_message_body_as_chunk(m);
	struct gn_slice data = gn_fb_chunk_data(c), proof = gn_fb_chunk_proof_bytes(c);
	if (n->lies & SVC_FLIP_CHUNK)
		p[data.p - p + (ptrdiff_t)(data.len / 2)] ^= 4;
	if (n->lies & SVC_FLIP_PROOF && proof.len)
		p[proof.p - p] ^= 1;
	if (n->lies & SVC_WRONG_BLOCK) {
		struct gn_fb_hash h = gn_fb_chunk_block(c);
		for (size_t i = 0; i + 32 <= len; i++)
			if (memcmp(p + i, h.b, 32) == 0) {
				p[i] ^= 1;
				break;
			}
	}
	return !(n->lies & SVC_SILENT);
}

void svc_send(struct svc *s, unsigned from, const struct gn_overlay_message *m)
{
	unsigned to = svc_index(s, &m->to);
	struct svc_node *n = &s->nodes[from];
	if (to == SVC_NODES)
		return;
	uint8_t *p = svc_copy(m->bytes);
	if (!svc_lie(n, p, m->bytes.len) ||
	    (svc_is_boxed(m->bytes) && !svc_bend(s, from, to, p, m->bytes.len))) {
		free(p);
		return;
	}
	struct svc_bent bent = {.drop = false};
	if (svc_is_bused(m->bytes) && s->bus_bend)
		bent = s->bus_bend(s->bus_user, from, to, p, m->bytes.len);
	if (bent.drop) {
		free(p);
		return;
	}
	n->sent += m->bytes.len;
	gn_time start = n->link_free > s->now ? n->link_free : s->now;
	n->link_free =
		start + (gn_time)((double)m->bytes.len / s->opt.bytes_per_s * (double)GN_SEC);
	gn_time late = s->slow_node == from + 1 ? s->slow : 0;
	if (!s->nodes[to].ov) {
		free(p);
		svc_add(s, SVC_DOWN, from, s->now + SVC_GIVE_UP)->peer = to;
		return;
	}
	bool mixed = n->lies & SVC_BOX_MIXED && svc_is_boxed(m->bytes);
	gn_time at = n->link_free + s->opt.delay + late + bent.late;
	if (mixed)
		at += (gn_time)gn_rand_below(&s->rand, (uint64_t)GN_SEC);
	for (unsigned twice = (mixed && gn_rand_below(&s->rand, 2)) || bent.twice; twice; twice--) {
		struct svc_event *again = svc_add(s, SVC_MESSAGE, to, at + 3 * GN_MSEC);
		again->peer = from;
		again->p = svc_copy(gn_slice(p, m->bytes.len));
		again->len = m->bytes.len;
	}
	if (s->down_node == to + 1) {
		struct svc_node *r = &s->nodes[to];
		r->down_free = (r->down_free > at ? r->down_free : at) +
			       (gn_time)((double)m->bytes.len / s->down_rate * (double)GN_SEC);
		at = r->down_free;
	}
	struct svc_event *e = svc_add(s, SVC_MESSAGE, to, at);
	e->peer = from;
	e->p = p;
	e->len = m->bytes.len;
}

/* What one that lies answers without looking: BUSY for a chunk, or "all of it, please" to a
 * publisher who has sent it already. 0: the engine may answer. */
static gn_fbref svc_lie_answer(unsigned lies, struct gn_fb_block_message m, struct gn_fbb *b,
			       uint8_t *type)
{
	struct gn_fb_chunk_ack_args ack = {0};
	struct gn_fb_block_has_args has = {0};
	struct gn_fb_hash block;
	*type = GN_FB_BLOCK_BODY_CHUNK_ACK;
	if (lies & SVC_BUSY && gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_CHUNK_GET) {
		struct gn_fb_chunk_get get = gn_fb_block_message_body_as_chunk_get(m);
		block = gn_fb_chunk_get_block(get);
		ack.index = gn_fb_chunk_get_first(get);
		ack.code = gn_wire_code(GN_BUSY);
	} else if (lies & SVC_THIRSTY &&
		   gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_CHUNK_PUT) {
		struct gn_fb_chunk chunk =
			gn_fb_chunk_put_chunk(gn_fb_block_message_body_as_chunk_put(m));
		block = gn_fb_chunk_block(chunk);
		ack.index = gn_fb_chunk_index(chunk);
	} else if (lies & SVC_THIRSTY &&
		   gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_BLOCK_KEEP) {
		block = gn_fb_block_keep_block(gn_fb_block_message_body_as_block_keep(m));
		has.block = &block;
		*type = GN_FB_BLOCK_BODY_BLOCK_HAS;
		return gn_fb_block_has_make(b, &has);
	} else {
		return 0;
	}
	ack.block = &block;
	return gn_fb_chunk_ack_make(b, &ack);
}

bool svc_lies(struct svc *s, unsigned i, unsigned from, struct gn_slice bytes)
{
	static uint8_t storage[256];
	struct gn_fb_block_message m;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_block_message_args args = {0};
	if (!s->nodes[i].lies || gn_fb_block_message_verify(bytes, &m) != GN_OK)
		return false;
	args.request = gn_fb_block_message_request(m);
	args.body = svc_lie_answer(s->nodes[i].lies, m, &b, &args.body_type);
	if (!args.body)
		return false;
	struct gn_overlay_message out = {.to = {.pk = s->nodes[from].sk.pk}, .reliable = true};
	gn_err err = gn_fbb_finish(&b, gn_fb_block_message_make(&b, &args),
				   GN_FB_BLOCK_MESSAGE_IDENTIFIER, &out.bytes);
	GN_ASSERT(err == GN_OK);
	svc_send(s, i, &out);
	return true;
}
