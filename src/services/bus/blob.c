/* Messages in memory, counted by references: of a history, of a value, on their way, in a queue of
 * the owner. Filters, in one piece. Rules BS-1, BS-2, BS-3. */
#include "services/bus/engine_int.h"

struct bus_blob *bus_blob_new(struct gn_bus *b, const struct gn_said *said)
{
	GN_ASSERT(said->bytes.len <= GN_SAID_MAX);
	struct bus_blob *m = gn_mem_resize(b->env.alloc, NULL, sizeof *m + said->bytes.len);
	if (!m) {
		b->count.nomem++;
		return NULL;
	}
	*m = (struct bus_blob){.refs = 1,
			       .len = (uint32_t)said->bytes.len,
			       .came = b->now,
			       .said = {.sig = said->sig}};
	memcpy(m->bytes, said->bytes.p, said->bytes.len);
	gn_err err = gn_said_parse(gn_slice(m->bytes, m->len), &m->said);
	GN_ASSERT(err == GN_OK); /* it was parsed before */
	b->bytes += m->len;
	return m;
}

struct bus_blob *bus_blob_ref(struct bus_blob *m)
{
	GN_ASSERT(m->refs > 0);
	m->refs++;
	return m;
}

void bus_blob_drop(struct gn_bus *b, struct bus_blob *m)
{
	if (!m || --m->refs)
		return;
	GN_ASSERT(b->bytes >= m->len);
	b->bytes -= m->len;
	gn_mem_free(b->env.alloc, m);
}

struct gn_fb_bus_id bus_blob_id(const struct bus_blob *m)
{
	return (struct gn_fb_bus_id){.publisher8 = gn_said_key8(&m->said.publisher),
				     .epoch = m->said.epoch,
				     .seq = m->said.seq};
}

gn_fbref bus_said_put(struct gn_fbb *fbb, const struct gn_said *said, struct gn_slice token)
{
	struct gn_fb_sig sig;
	memcpy(sig.b, said->sig.b, sizeof sig.b);
	return gn_fb_bus_message_make(fbb, &(struct gn_fb_bus_message_args){
						   .said = said->bytes,
						   .sig = &sig,
						   .token = token.len ? token : gn_slice(NULL, 0)});
}

gn_err bus_said_get(struct gn_fb_bus_message m, struct gn_said *out, struct gn_slice *token)
{
	struct gn_fb_sig sig = gn_fb_bus_message_sig(m);
	struct gn_said said;
	*token = gn_fb_bus_message_token(m);
	if (token->len > BUS_TOKEN_MAX)
		return GN_TOO_LARGE;
	memcpy(said.sig.b, sig.b, sizeof sig.b);
	GN_TRY(gn_said_parse(gn_fb_bus_message_said(m), &said));
	*out = said;
	return GN_OK;
}

gn_err bus_said_timely(const struct gn_bus *b, const struct gn_said *said)
{
	static const uint64_t ms = 1000;
	uint64_t now = bus_unix_ms(b), unix_now = now / 1000;
	if (said->time > now + BUS_OLD * ms || said->epoch > now + BUS_OLD * ms)
		return GN_RANGE;
	if (said->until == 0)
		return said->time + BUS_OLD * ms < now ? GN_EXPIRED : GN_OK;
	if (said->until <= unix_now)
		return GN_EXPIRED;
	return said->until > said->time / ms + BUS_UNTIL ? GN_RANGE : GN_OK;
}

/* ---- filters ---- */

gn_err bus_filters_new(struct gn_bus *b, const struct gn_slice *filters, size_t count,
		       struct bus_filters **out)
{
	size_t bytes = 0;
	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		GN_TRY(gn_subject_ok(filters[i], true));
		bytes += filters[i].len;
	}
	if (count == 0 || count > BUS_FILTERS)
		return GN_OK;
	struct bus_filters *f = gn_mem_resize(b->env.alloc, NULL, sizeof *f + bytes);
	if (!f)
		return GN_NOMEM;
	f->count = (unsigned)count;
	bytes = 0;
	for (size_t i = 0; i < count; i++) {
		if (filters[i].len)
			memcpy(f->bytes + bytes, filters[i].p, filters[i].len);
		f->at[i] = gn_slice(f->bytes + bytes, filters[i].len);
		bytes += filters[i].len;
	}
	f->len = (uint32_t)bytes;
	*out = f;
	return GN_OK;
}

bool bus_filters_pass(const struct bus_filters *f, struct gn_slice subject)
{
	for (unsigned i = 0; f && i < f->count; i++)
		if (gn_subject_matches(f->at[i], subject))
			return true;
	return !f;
}

/* ---- what is stored, and of which prefix (BS-16) ---- */

void bus_net_of(const struct gn_addr *a, uint8_t out[8])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	memset(out, 0, 8);
	if (memcmp(a->ip, mapped, sizeof mapped) == 0) {
		out[0] = 4;
		memcpy(out + 1, a->ip + 12, 3);
	} else {
		out[0] = 6;
		memcpy(out + 1, a->ip, 6);
	}
}

bool bus_same_net(const struct gn_bus *b, const struct gn_addr *a, const struct gn_contact *who)
{
	uint8_t one[8], other[8];
	if (!who->addr_count || gn_share_exempt(&who->addrs[0], b->cfg.count_local))
		return false;
	bus_net_of(a, one);
	bus_net_of(&who->addrs[0], other);
	return memcmp(one, other, sizeof one) == 0;
}

gn_err bus_store_take(struct gn_bus *b, struct bus_blob *m, const struct gn_contact *who,
		      struct bus_refusal *why)
{
	GN_ASSERT(!m->stored);
	m->holder = bus_holder(who);
	gn_err err = gn_share_take(&b->stored, &m->holder, m->len);
	m->stored = err == GN_OK;
	why->limit = err == GN_QUOTA   ? BUS_LIMIT(BUS_STORED_PEER)
		     : err == GN_LIMIT ? BUS_LIMIT(BUS_STORED_PART)
		     : err != GN_OK    ? BUS_LIMIT(BUS_STORED)
				       : why->limit;
	return err == GN_OK || err == GN_QUOTA ? err : GN_LIMIT;
}

void bus_store_give(struct gn_bus *b, struct bus_blob *m)
{
	if (!m)
		return;
	GN_ASSERT(m->stored);
	gn_share_give(&b->stored, &m->holder, m->len);
	m->stored = false;
}
