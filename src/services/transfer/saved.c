/* The state's records: saved_int.h. Rule RE-62. */
#include "services/transfer/saved_int.h"

#define HEAD 5
#define CHECK 8

gn_err transfer_saved_init(struct transfer_saved *s, struct gn_alloc *alloc)
{
	*s = (struct transfer_saved){.room = gn_mem_new(alloc, SAVED_ROOM)};
	gn_sha256_tagged("geonet/send/state/1", gn_slice(NULL, 0), &s->chain);
	return s->room ? GN_OK : GN_NOMEM;
}

void transfer_saved_fini(struct transfer_saved *s, struct gn_alloc *alloc)
{
	gn_mem_free_secret(alloc, s->room);
	s->room = NULL;
}

static void chain_on(struct gn_hash *chain, struct gn_slice record)
{
	struct gn_hash next;
	gn_sha256((struct gn_slice[]){GN_SLICE(chain->b), record}, 2, &next);
	*chain = next;
}

bool transfer_saved_put(struct transfer_saved *s, enum saved_type type,
			const struct gn_slice *parts, size_t count)
{
	size_t len = 0;
	GN_ASSERT(s->step == SAVED_IDLE && s->room);
	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	GN_ASSERT(len <= SAVED_ROOM - HEAD - CHECK);
	if (HEAD + len + CHECK > SAVED_ROOM - s->len)
		return false;
	struct gn_writer w = gn_writer(s->room + s->len, SAVED_ROOM - s->len);
	gn_write_u8(&w, (uint8_t)type);
	gn_write_be32(&w, (uint32_t)len);
	for (size_t i = 0; i < count; i++)
		gn_write_bytes(&w, parts[i]);
	chain_on(&s->chain, gn_slice(s->room + s->len, HEAD + len));
	gn_write_bytes(&w, gn_slice(s->chain.b, CHECK));
	GN_ASSERT(!w.bad);
	s->len += gn_writer_len(&w);
	return true;
}

void transfer_saved_flush(struct transfer_saved *s, bool durable)
{
	GN_ASSERT(s->step == SAVED_IDLE && s->len > 0);
	s->step = SAVED_WRITE;
	s->durable = durable;
}

bool transfer_saved_request(struct transfer_saved *s, struct gn_transfer_request *out)
{
	if (s->step != SAVED_WRITE && s->step != SAVED_SYNC)
		return false;
	out->place = GN_TRANSFER_STATE;
	out->op = s->step == SAVED_WRITE ? GN_TRANSFER_WRITE : GN_TRANSFER_SYNC;
	if (s->step == SAVED_WRITE) {
		out->offset = s->at;
		out->data = gn_slice(s->room, s->len);
		out->len = (uint32_t)s->len;
	}
	s->step = s->step == SAVED_WRITE ? SAVED_WRITING : SAVED_SYNCING;
	return true;
}

void transfer_saved_done(struct transfer_saved *s)
{
	GN_ASSERT(s->step == SAVED_WRITING || s->step == SAVED_SYNCING);
	if (s->step == SAVED_WRITING) {
		s->at += s->len;
		s->len = 0;
	}
	s->step = s->step == SAVED_WRITING && s->durable ? SAVED_SYNC : SAVED_IDLE;
}

bool transfer_saved_next(struct transfer_saved *s, struct gn_slice *state, enum saved_type *type,
			 struct gn_slice *body)
{
	struct gn_hash chain = s->chain;
	uint32_t len = state->len < HEAD + CHECK ? 0 : gn_be32(state->p + 1);
	if (state->len < HEAD + CHECK || len > state->len - HEAD - CHECK)
		return false;
	chain_on(&chain, gn_slice_sub(*state, 0, HEAD + len));
	if (memcmp(chain.b, state->p + HEAD + len, CHECK) != 0)
		return false;
	*type = state->p[0] < SAVED_TYPES ? (enum saved_type)state->p[0] : SAVED_TYPES;
	*body = gn_slice_sub(*state, HEAD, len);
	s->chain = chain;
	s->at += HEAD + len + CHECK;
	*state = gn_slice_sub(*state, HEAD + len + CHECK, state->len);
	return true;
}
