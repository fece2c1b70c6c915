/* The engine as its owner sees it: transfer.h. Everything is handed to the sender's files (offer.c,
 * give.c) or the receiver's (place.c, keep.c, take.c); whatever came in, step() then lets each do
 * what it can.
 *
 * 1. When it is over nothing changes any more; what is about to go out still does, a STOP last.
 * 2. A frame that is not allowed now is refused by its first byte. Rule RE-62. */
#include "services/transfer/engine_int.h"

static void step(struct gn_transfer *t, gn_time now)
{
	if (t->over)
		return;
	if (t->sends) {
		offer_step(t, now);
		give_step(t);
		return;
	}
	place_step(t);
	keep_step(t, now);
	place_step(t); /* it may have waited for that */
}

/* ---- life ---- */

static gn_err fresh(const struct gn_env *env, bool sends, struct gn_slice note,
		    struct gn_transfer **out)
{
	if (note.len > TRANSFER_NOTE_MAX)
		return GN_TOO_LARGE;
	struct gn_transfer *t = GN_NEW(env->alloc, struct gn_transfer);
	if (!t)
		return GN_NOMEM;
	t->env = *env;
	t->sends = sends;
	t->note_len = note.len;
	if (note.len)
		memcpy(t->note, note.p, note.len);
	t->take.keep_at = GN_NEVER;
	*out = t;
	return GN_OK;
}

static gn_err kept(gn_err err, struct gn_transfer *t, struct gn_transfer **out)
{
	if (err)
		gn_transfer_free(t);
	else
		*out = t;
	return err;
}

gn_err gn_transfer_send_new(const struct gn_env *env, const struct gn_transfer_file *files,
			    size_t count, struct gn_slice note, gn_time now,
			    struct gn_transfer **out, char why[256])
{
	struct gn_transfer *t;
	why[0] = 0;
	GN_TRY(fresh(env, true, note, &t));
	gn_err err = offer_new(t, files, count, why);
	if (!err)
		step(t, now);
	return kept(err, t, out);
}

gn_err gn_transfer_receive_new(const struct gn_env *env, struct gn_slice note,
			       struct gn_transfer **out)
{
	struct gn_transfer *t;
	GN_TRY(fresh(env, false, note, &t));
	return kept(transfer_saved_init(&t->saved, env->alloc), t, out);
}

gn_err gn_transfer_again(const struct gn_env *env, struct gn_slice state, struct gn_transfer **out)
{
	struct gn_transfer *t;
	if (state.len > TRANSFER_STATE_MAX)
		return GN_TOO_LARGE;
	if (state.len == 0)
		return GN_CORRUPT;
	GN_TRY(fresh(env, state.p[0] == SAVED_OFFER, gn_slice(NULL, 0), &t));
	return kept(t->sends ? offer_again(t, state) : keep_again(t, state), t, out);
}

void gn_transfer_free(struct gn_transfer *t)
{
	if (!t)
		return;
	struct gn_alloc *a = t->env.alloc;
	offer_fini(t);
	take_fini(t);
	transfer_saved_fini(&t->saved, a);
	gn_manifest_free(a, t->manifest);
	gn_mem_free(a, t->first);
	gn_mem_free(a, t->block);
	gn_mem_free(a, t->tops);
	gn_mem_free_secret(a, t);
}

/* ---- the stream ---- */

void gn_transfer_cut(struct gn_transfer *t)
{
	transfer_frame_next(&t->in);
	t->out = (struct transfer_out){.head_len = 0};
	t->stop_due = false;
	if (t->sends)
		give_cut(t);
	else
		take_cut(t);
}

gn_err gn_transfer_begin(struct gn_transfer *t, const struct gn_transfer_secret *secret,
			 gn_time now)
{
	GN_ASSERT(secret != NULL);
	if (t->over || (t->sends && t->give.phase != OFFER_READY))
		return GN_STATE;
	gn_transfer_cut(t);
	bool same = t->paired && memcmp(t->secret.id, secret->id, sizeof secret->id) == 0;
	t->paired = true;
	t->secret_due = t->secret_due || !same;
	t->secret = *secret;
	if (t->sends)
		give_begin(t);
	else
		take_begin(t);
	step(t, now);
	return GN_OK;
}

static bool streams(const struct gn_transfer *t)
{
	return !t->over && (t->give.stream != GIVE_NONE || t->take.stream != HEAR_NONE);
}

/* The frame is whole. */
static void heard(struct gn_transfer *t, gn_time now)
{
	GN_ASSERT(t->in.got == t->in.len && !t->over);
	if (t->in.type == FRAME_STOP)
		transfer_heard_stop(t, gn_slice(t->small, t->in.len));
	else if (t->sends)
		give_heard(t);
	else
		take_heard(t);
	transfer_frame_next(&t->in);
	step(t, now);
}

size_t gn_transfer_recv(struct gn_transfer *t, struct gn_slice in, gn_time now)
{
	size_t len = in.len;
	while (streams(t) && (in.len || t->in.head_len == FRAME_HEAD)) {
		gn_err err = transfer_frame_head(&t->in, &in,
						 t->sends ? give_allowed(t) : take_allowed(t));
		if (err == GN_PROTOCOL)
			transfer_end(t, err, gn_slice(NULL, 0), NULL);
		if (err != GN_OK)
			break;
		uint8_t *room =
			t->sends || t->in.type == FRAME_STOP ? t->small : take_room(t, in.len);
		if (!room || !transfer_frame_body(&t->in, &in, room))
			break;
		heard(t, now);
	}
	return len - in.len;
}

static bool next_frame(struct gn_transfer *t)
{
	if (!t->over)
		return t->sends ? give_say(t) : take_say(t);
	if (!t->stop_due)
		return false;
	uint8_t body[1 + TRANSFER_REASON_MAX] = {t->stop_code};
	size_t len = strlen(t->why);
	len = len < TRANSFER_REASON_MAX ? len : TRANSFER_REASON_MAX;
	memcpy(body + 1, t->why, len);
	t->stop_due = false;
	transfer_say(t, FRAME_STOP, gn_slice(body, 1 + len), gn_slice(NULL, 0));
	return true;
}

static size_t copy_out(uint8_t *to, size_t cap, const uint8_t *from, size_t len, size_t *at)
{
	GN_ASSERT(*at <= len);
	size_t n = len - *at < cap ? len - *at : cap;
	if (n)
		memcpy(to, from + *at, n);
	*at += n;
	return n;
}

size_t gn_transfer_send(struct gn_transfer *t, uint8_t *out, size_t cap)
{
	struct transfer_out *o = &t->out;
	size_t n = 0;
	while (n < cap) {
		if (o->head_at == o->head_len && o->body_at == o->body_len && !next_frame(t))
			break;
		n += copy_out(out + n, cap - n, o->head, o->head_len, &o->head_at);
		n += copy_out(out + n, cap - n, o->body, o->body_len, &o->body_at);
	}
	return n;
}

/* ---- the person ---- */

gn_err gn_transfer_accept(struct gn_transfer *t)
{
	if (t->over || t->sends || t->take.phase != TAKE_ASK)
		return GN_STATE;
	place_accept(t);
	place_step(t);
	return GN_OK;
}

void gn_transfer_stop(struct gn_transfer *t, gn_err err)
{
	transfer_end(t, err, gn_slice(NULL, 0),
		     err == GN_DENIED      ? "the other person does not want it"
		     : err == GN_CANCELLED ? "the other person stopped it"
					   : NULL);
}

/* ---- files ---- */

bool gn_transfer_next_request(struct gn_transfer *t, struct gn_transfer_request *out)
{
	if (t->over)
		return false;
	*out = (struct gn_transfer_request){.token = SAVED_TOKEN};
	if (transfer_saved_request(&t->saved, out))
		return true;
	if (t->sends)
		return give_request(t, out, &out->token);
	out->token = KEEP_TOKEN;
	return keep_request(t, out) || place_request(t, out, &out->token) ||
	       take_request(t, out, &out->token);
}

static void done_receiver(struct gn_transfer *t, uint64_t token, gn_err err,
			  const struct gn_transfer_result *result, gn_time now)
{
	if (token == STEP_TOKEN)
		place_done(t, err, result, now);
	else if (err)
		transfer_end(t, err, gn_slice(NULL, 0), NULL);
	else if (token == KEEP_TOKEN)
		keep_done(t);
	else if (token < TRANSFER_SLOTS)
		take_done(t, token, now);
}

void gn_transfer_done(struct gn_transfer *t, uint64_t token, gn_err err,
		      const struct gn_transfer_result *result, gn_time now)
{
	static const struct gn_transfer_result none;
	result = result ? result : &none;
	if (t->over)
		return;
	if (token == SAVED_TOKEN && err)
		transfer_end(t, err, GN_LIT("the state of the transfer"), NULL);
	else if (token == SAVED_TOKEN)
		transfer_saved_done(&t->saved);
	else if (!t->sends)
		done_receiver(t, token, err, result, now);
	else if (t->give.phase == OFFER_READY)
		give_done(t, token, err, result);
	else
		offer_done(t, token, err, result);
	step(t, now);
}

gn_time gn_transfer_deadline(const struct gn_transfer *t)
{
	const struct transfer_take *k = &t->take;
	bool waits = k->keep == KEEP_IDLE && k->unsynced && t->saved.step == SAVED_IDLE;
	return t->over || !waits ? GN_NEVER : k->keep_at;
}

void gn_transfer_tick(struct gn_transfer *t, gn_time now)
{
	step(t, now);
}

bool gn_transfer_waits(const struct gn_transfer *t)
{
	return !t->over && (t->sends ? give_waits(t) : take_waits(t));
}

/* ---- outputs ---- */

bool gn_transfer_next_event(struct gn_transfer *t, struct gn_transfer_event *out)
{
	for (unsigned kind = GN_TRANSFER_READY; kind <= GN_TRANSFER_STOPPED; kind++) {
		if (!(t->told >> kind & 1))
			continue;
		t->told &= ~(1u << kind);
		*out = (struct gn_transfer_event){.kind = (enum gn_transfer_event_kind)kind};
		if (kind == GN_TRANSFER_STOPPED) {
			out->err = t->err;
			out->by_peer = t->by_peer;
			memcpy(out->why, t->why, sizeof out->why);
		}
		return true;
	}
	return false;
}

void gn_transfer_info(const struct gn_transfer *t, struct gn_transfer_info *out)
{
	*out = (struct gn_transfer_info){.sends = t->sends,
					 .over = t->over,
					 .resumed = t->take.resumed,
					 .files = t->count_files,
					 .tops = t->top_count,
					 .bytes = t->bytes,
					 .hashed = t->hashed,
					 .done = t->done};
}

struct gn_slice gn_transfer_source(const struct gn_transfer *t, uint32_t file)
{
	GN_ASSERT(t->sends && file < t->count_files);
	return t->give.files[file].source;
}

void gn_transfer_top(const struct gn_transfer *t, uint32_t top, struct gn_slice *name,
		     char made[GN_TRANSFER_NAME_MAX])
{
	GN_ASSERT(top < t->top_count);
	*name = transfer_top_name(t, &t->tops[top]);
	made[0] = 0;
	if (t->tops[top].renamed)
		place_made(t, &t->tops[top], made);
}

struct gn_slice gn_transfer_note(const struct gn_transfer *t)
{
	return gn_slice(t->note, t->note_len);
}

bool gn_transfer_secret(const struct gn_transfer *t, struct gn_transfer_secret *out)
{
	if (t->paired)
		*out = t->secret;
	return t->paired;
}

bool gn_transfer_counter_at(const struct gn_transfer *t, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/transfer/counters.def"
#undef X
	};
	return gn_counter_at(names, &t->count, GN_COUNT(names), i, out);
}

void gn_transfer_validate(const struct gn_transfer *t)
{
	const struct transfer_take *k = &t->take;
	uint32_t missing = 0;
	GN_ASSERT(t->in.head_len <= FRAME_HEAD && t->in.got <= t->in.len);
	GN_ASSERT(t->out.head_at <= t->out.head_len && t->out.body_at <= t->out.body_len);
	GN_ASSERT(t->done <= t->bytes || k->phase < TAKE_CHECK);
	GN_ASSERT(t->give.busy <= TRANSFER_AHEAD && t->saved.len <= SAVED_ROOM);
	if (t->sends || !t->block || k->phase < TAKE_TAKE)
		return;
	for (uint32_t i = 0; i < t->blocks; i++)
		missing += t->block[i] < BLOCK_WRITTEN;
	GN_ASSERT(missing == k->missing);
	GN_ASSERT(k->phase <= TAKE_TAKE || missing == 0);
	GN_ASSERT(!k->filling || k->filling->state == SLOT_FILLING);
}
