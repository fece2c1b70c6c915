/* Deposits, and questions what has become of one: begun, with what lets them in, and freed. What
 * they do is deposit.c's. Rules BX-25, BX-27. */
#include "services/box/engine_int.h"

bool box_has_joined(const struct gn_box *b)
{
	struct gn_overlay_info info;
	gn_overlay_info(b->cfg.overlay, &info);
	return info.joined;
}

static gn_err keep_proof(struct gn_box *b, struct box_put *p, const struct gn_box_proof *proof)
{
	p->proof = *proof;
	p->proof.token = gn_slice(NULL, 0);
	p->by_right = proof->way == GN_BOX_CERTIFICATE || proof->way == GN_BOX_TOKEN;
	p->key = proof->way == GN_BOX_CERTIFICATE ? proof->certificate.key : proof->invite;
	if (proof->way != GN_BOX_TOKEN)
		return GN_OK;
	if (proof->token.len == 0 || proof->token.len > BOX_TOKEN_MAX)
		return GN_USAGE;
	GN_TRY(gn_token_open(proof->token, &b->token, NULL));
	p->key = *gn_token_bearer(&b->token);
	uint8_t *token = gn_mem_new(b->env.alloc, proof->token.len);
	if (!token)
		return GN_NOMEM;
	memcpy(token, proof->token.p, proof->token.len);
	p->proof.token = gn_slice(token, proof->token.len);
	return GN_OK;
}

/* Takes p, whatever it answers. */
static gn_err put_begin(struct gn_box *b, struct box_put *p, enum box_op_kind kind, gn_op *op)
{
	GN_ASSERT(p->op.id == 0 && p->need > 0);
	gn_err err = gn_frame_op_add(&b->frame, &p->op, kind);
	if (err != GN_OK) {
		gn_mem_free(b->env.alloc, p->item);
		gn_mem_free(b->env.alloc, (void *)(uintptr_t)p->proof.token.p);
		gn_ring_fini(&p->custodies);
		gn_mem_free(b->env.alloc, p);
		return err;
	}
	p->next = b->put_first;
	b->put_first = p;
	b->puts++;
	b->put_bytes += p->item_len;
	p->young = kind == OP_DEPOSIT && !box_has_joined(b);
	for (unsigned place = 0; place < 1u + p->place.front; place++) {
		err = box_set_find(b, &p->sets[place], FIND_PUT, p, &p->place.box, (uint8_t)place);
		if (err != GN_OK) {
			box_put_free(b, p);
			return err;
		}
	}
	*op = p->op.id;
	return GN_OK;
}

static struct box_put *put_new(struct gn_box *b, const struct gn_box_place *place)
{
	struct box_put *p = GN_NEW(b->env.alloc, struct box_put);
	if (!p)
		return NULL;
	p->place = *place;
	p->retry = GN_NEVER;
	gn_ring_init(&p->custodies, b->env.alloc, sizeof(struct gn_custody), GN_COUNT(p->targets));
	return p;
}

gn_err box_put_start(struct gn_box *b, const struct gn_box_deposit *d, gn_op *op)
{
	if (d->item.len == 0 || d->ttl < BOX_TTL_MIN || d->need > GN_BOX_SET ||
	    d->cls > BOX_CLASSES)
		return GN_USAGE;
	if (d->item.len > BOX_ITEM_MAX)
		return GN_TOO_LARGE;
	if (b->puts >= BOX_DEPOSITS || b->put_bytes + d->item.len > BOX_DEPOSIT_BYTES)
		return GN_LIMIT;
	struct box_put *p = put_new(b, &d->place);
	if (!p)
		return GN_NOMEM;
	gn_err err = keep_proof(b, p, &d->proof);
	p->item = err == GN_OK ? gn_mem_new(b->env.alloc, d->item.len) : NULL;
	if (!p->item) {
		gn_mem_free(b->env.alloc, (void *)(uintptr_t)p->proof.token.p);
		gn_ring_fini(&p->custodies);
		gn_mem_free(b->env.alloc, p);
		return err != GN_OK ? err : GN_NOMEM;
	}
	memcpy(p->item, d->item.p, d->item.len);
	p->item_len = (uint32_t)d->item.len;
	p->ttl = d->ttl;
	p->cls = d->cls;
	p->wide = d->wide;
	p->need = d->need ? d->need : BOX_NEED;
	gn_sha256(&d->item, 1, &p->hash);
	return put_begin(b, p, OP_DEPOSIT, op);
}

gn_err box_check_start(struct gn_box *b, const struct gn_box_place *place,
		       const struct gn_hash *item, const struct gn_box_proof *by, gn_op *op)
{
	if (b->puts >= BOX_DEPOSITS)
		return GN_LIMIT;
	struct box_put *p = put_new(b, place);
	if (!p)
		return GN_NOMEM;
	gn_err err = by ? keep_proof(b, p, by) : GN_OK;
	if (err != GN_OK) {
		gn_ring_fini(&p->custodies);
		gn_mem_free(b->env.alloc, p);
		return err;
	}
	p->hash = *item;
	p->need = GN_BOX_SET;
	return put_begin(b, p, OP_CHECK, op);
}

void box_put_free(struct gn_box *b, struct box_put *p)
{
	GN_ASSERT(b->puts > 0 && b->put_bytes >= p->item_len);
	struct box_put **at = &b->put_first;
	box_asks_forget(b, p->op.id);
	box_set_drop(b, &p->sets[0]);
	box_set_drop(b, &p->sets[1]);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	b->puts--;
	b->put_bytes -= p->item_len;
	gn_frame_op_remove(&b->frame, &p->op);
	gn_mem_free(b->env.alloc, p->item);
	gn_mem_free(b->env.alloc, (void *)(uintptr_t)p->proof.token.p);
	gn_ring_fini(&p->custodies);
	gn_mem_free(b->env.alloc, p);
}
