/* Who may publish or subscribe: by the record, or by a capability token of its owner. Roots and
 * subscribers ask here alike. A token is kept once it was right, for as long as it lives, and names
 * one key; whether it was taken back is asked each time it is used, of the list as it is known.
 * Rules BS-5, BS-6, BS-14, BS-19. */
#include "services/bus/engine_int.h"

void bus_token_drop(struct gn_bus *b, struct bus_token *t)
{
	gn_mem_free(b->env.alloc, t->bytes);
	gn_mem_free(b->env.alloc, t->chain);
	*t = (struct bus_token){.bytes = NULL};
}

/* topic/<label>; a label may be empty, and the resource is then "topic". */
static gn_err resource_of(const struct gn_topicrec *rec, struct gn_buf *out)
{
	GN_ASSERT(rec->label.len <= GN_RECORD_LABEL_MAX);
	struct gn_slice parts[] = {GN_LIT("topic"), rec->label};
	return gn_token_resource(parts, rec->label.len ? 2 : 1, out);
}

static gn_err check_token(struct gn_bus *b, const struct gn_topicrec *rec, const struct gn_pk *key,
			  uint64_t action, struct gn_slice token, uint64_t *until)
{
	GN_ASSERT(token.len > 0 && token.len <= BUS_TOKEN_MAX);
	uint8_t text[GN_TOKEN_RESOURCE_MAX];
	struct gn_buf resource = {text, 0, sizeof text};
	GN_TRY(gn_token_open(token, &b->token, NULL));
	b->caused.checks += (uint32_t)b->token.count;
	if (!gn_pk_eq(gn_token_bearer(&b->token), key))
		return GN_DENIED;
	GN_TRY(resource_of(rec, &resource));
	GN_TRY(gn_token_grants(&b->token, &rec->owner, gn_buf_slice(&resource), action,
			       bus_unix(b)));
	*until = UINT64_MAX;
	for (size_t i = 0; i < b->token.count; i++)
		if (b->token.blocks[i].expires < *until)
			*until = b->token.blocks[i].expires;
	return GN_OK;
}

gn_err bus_right(struct gn_bus *b, const struct gn_topicrec *rec, const struct gn_pk *key,
		 uint64_t action, struct gn_slice token, struct bus_token *known)
{
	GN_ASSERT(action == GN_FB_ACTION_PUBLISH || action == GN_FB_ACTION_SUBSCRIBE);
	bool publish = action == GN_FB_ACTION_PUBLISH;
	uint8_t rule = publish ? rec->publish : rec->subscribe;
	uint64_t until = 0;
	if (publish ? gn_topicrec_publishes(rec, key) : gn_topicrec_subscribes(rec, key))
		return GN_OK;
	if (rule != GN_FB_TOPIC_ADMISSION_TOKEN)
		return GN_DENIED;
	/* another chain may allow more than one with limits: it is looked at */
	bool other = known->limited && token.len &&
		     !gn_slice_eq(token, gn_slice(known->bytes, known->len));
	if (known->bytes && known->until > bus_unix(b) && !other) /* checked for this key */
		return GN_OK;
	bus_token_drop(b, known);
	if (!token.len)
		return GN_DENIED;
	GN_TRY(check_token(b, rec, key, action, token, &until));
	known->bytes = gn_mem_new(b->env.alloc, token.len);
	known->chain = GN_NEW(b->env.alloc, struct gn_lists_chain);
	if (!known->bytes || !known->chain) {
		bus_token_drop(b, known);
		return GN_NOMEM;
	}
	gn_lists_chain_of(&b->token, known->chain);
	memcpy(known->bytes, token.p, token.len);
	known->len = (uint32_t)token.len;
	known->until = until;
	known->limited = gn_quota_limited(&b->token);
	return GN_OK;
}

gn_err bus_revoked(struct gn_bus *b, const struct bus_token *t)
{
	return gn_lists_judge(b->cfg.lists, t->chain, b->now);
}

gn_err bus_limits(struct gn_bus *b, const struct bus_token *t, const struct gn_said *said,
		  const struct gn_contact *from, bool draw, struct bus_refusal *why)
{
	struct gn_quota_use use = {.bytes = said->payload.len, .ops = 1, .messages = 1};
	struct gn_holder by = {.key = from->pk};
	struct gn_quota_no no = {.limit = NULL};
	GN_ASSERT(said->payload.len <= GN_SAID_PAYLOAD);
	if (!t->limited)
		return GN_OK;
	if (from->addr_count)
		by.addr = from->addrs[0];
	GN_TRY(gn_token_read(gn_slice(t->bytes, t->len), &b->token));
	gn_err err = draw ? gn_quota_draw(b->cfg.quota, &b->token, &use, &by, b->now, &no)
			  : gn_quota_ask(b->cfg.quota, &b->token, &use, &by, b->now, &no);
	if (err == GN_OK)
		return GN_OK;
	b->count.refused_limit++;
	why->limit = no.limit;
	why->retry_ms = no.retry_ms;
	return err;
}
