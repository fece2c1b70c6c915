/* The reader: lists what R + 2 nodes of each place have, at the start, every half an hour and when
 * the set changes; watches the nearest three; fetches each item once, from whoever names it; tells
 * everyone of the set what was taken.
 *
 *   target: listed and watched while it is of the present set; its place is another's after
 *
 * 1. An item is shown once while its id is remembered, and only if its id is right.
 * 2. Who sends BOX_LIES items that are not what their id says is not asked any more.
 * 3. What waits for the owner is bounded: more is fetched as it takes. So is what one node brings
 *    between two listings.
 * Rules BX-28, BX-29. */
#include "services/box/engine_int.h"

static unsigned places_of(const struct box_read *r)
{
	return 1u + r->follow.place.front;
}

static struct box_right right_of(const struct box_read *r, uint8_t role)
{
	return (struct box_right){
		.box = r->follow.place.box,
		.key = role == GN_BOXREC_READER ? r->follow.read : r->follow.ack,
		.role = role,
		.proof = role == GN_BOXREC_READER && r->proof.token.len ? &r->proof : NULL};
}

static bool may_ask(const struct box_read_target *t)
{
	return t->here && t->lies < BOX_LIES;
}

static void look_up(struct gn_box *b, struct box_read *r)
{
	GN_ASSERT(r->find_at <= b->now);
	gn_time again = BOX_LIST_EVERY;
	for (unsigned place = 0; place < places_of(r); place++)
		if (box_set_find(b, &r->sets[place], FIND_READ, r, &r->follow.place.box,
				 (uint8_t)place))
			again = BOX_RETRY;
	r->find_at = b->now + again;
	box_seen_forget(b, r);
}

/* ---- requests ---- */

static uint64_t ask_for(struct gn_box *b, const struct box_read *r, unsigned target,
			enum box_ask_kind kind, const struct gn_box_id *ids, uint32_t count)
{
	GN_ASSERT(target < r->target_count && count <= BOX_IDS);
	struct box_ask like = {.kind = kind,
			       .peer = r->targets[target].to.pk,
			       .op = r->op.id,
			       .target = target,
			       .count = count};
	return box_ask_new(b, &like, ids);
}

static void send_list(struct gn_box *b, struct box_read *r, unsigned i, uint16_t shown)
{
	GN_ASSERT(!r->targets[i].listing);
	struct box_read_target *t = &r->targets[i];
	struct gn_fb_key box = gn_wire_key(&r->follow.place.box);
	uint64_t number = ask_for(b, r, i, ASK_LIST, NULL, 0);
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	t->listing = number != 0;
	if (!number)
		t->list_at = b->now + box_retry(&t->failed);
	if (fbb)
		box_message_end(b, &t->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_LIST,
				gn_fb_box_list_make(
					fbb, &(struct gn_fb_box_list_args){.box = &box,
									   .shown = shown,
									   .after = t->after,
									   .all = r->follow.all}));
}

static void send_watch(struct gn_box *b, struct box_read *r, unsigned i, uint16_t shown)
{
	GN_ASSERT(!r->targets[i].watch_asked);
	struct box_read_target *t = &r->targets[i];
	struct gn_fb_key box = gn_wire_key(&r->follow.place.box);
	uint64_t number = ask_for(b, r, i, ASK_WATCH, NULL, 0);
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	t->watch_asked = number != 0;
	t->watch_at = b->now + (number ? BOX_WATCH_EVERY : box_retry(&t->failed));
	if (fbb)
		box_message_end(b, &t->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_WATCH,
				gn_fb_box_watch_make(fbb, &(struct gn_fb_box_watch_args){
								  .box = &box,
								  .shown = shown,
								  .after = t->after,
								  .seconds = BOX_WATCH_TIME,
								  .all = r->follow.all}));
}

/* Items that it has, and nobody was asked for. */
static void send_fetch(struct gn_box *b, struct box_read *r, unsigned i, uint16_t shown)
{
	GN_ASSERT(!r->targets[i].fetching);
	struct box_read_target *t = &r->targets[i];
	struct gn_fb_item_id fb_ids[BOX_FETCHES];
	struct gn_box_id ids[BOX_FETCHES];
	uint32_t count = 0;
	for (uint32_t k = 0; k < r->seen.count && count < BOX_FETCHES; k++) {
		const struct box_seen *s = gn_map_value_at(&r->seen, k);
		if (s->state == SEEN_NAMED && s->named & 1u << i)
			ids[count++] = *(const struct gn_box_id *)gn_map_key_at(&r->seen, k);
	}
	uint64_t number = count ? ask_for(b, r, i, ASK_FETCH, ids, count) : 0;
	if (!number)
		return;
	for (uint32_t k = 0; k < count; k++) {
		struct box_seen *s = gn_map_get(&r->seen, &ids[k]);
		GN_ASSERT(s && r->unfetched > 0);
		s->state = SEEN_ASKED;
		r->unfetched--;
		fb_ids[k] = box_fb_id(&ids[k]);
	}
	t->fetching = true;
	struct gn_fb_key box = gn_wire_key(&r->follow.place.box);
	struct gn_fbb *fbb = box_message_begin(b, 0);
	if (fbb)
		box_message_end(b, &t->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_FETCH,
				gn_fb_box_fetch_make(
					fbb, &(struct gn_fb_box_fetch_args){.box = &box,
									    .ids = {fb_ids, count},
									    .shown = shown}));
}

static uint32_t acks_for(const struct box_read *r, unsigned i, struct gn_box_id ids[BOX_IDS])
{
	GN_ASSERT(i < r->target_count);
	uint32_t count = 0;
	for (uint32_t k = 0; k < r->seen.count && count < BOX_IDS; k++) {
		const struct box_seen *s = gn_map_value_at(&r->seen, k);
		if (s->acked && !(s->told & 1u << i))
			ids[count++] = *(const struct gn_box_id *)gn_map_key_at(&r->seen, k);
	}
	return count;
}

/* True: it has to be told something. */
static bool tell_acks(struct gn_box *b, struct box_read *r, unsigned i)
{
	GN_ASSERT(!r->targets[i].acking);
	struct box_read_target *t = &r->targets[i];
	struct gn_box_id ids[BOX_IDS];
	struct gn_fb_item_id fb_ids[BOX_IDS];
	struct box_right right = right_of(r, GN_BOXREC_REMOVER);
	uint16_t shown;
	uint32_t count = acks_for(r, i, ids);
	if (count == 0)
		return false;
	gn_err err = box_door_open(b, &t->to, &right, &shown);
	if (err == GN_PENDING)
		return true;
	uint64_t number = err == GN_OK ? ask_for(b, r, i, ASK_ACK, ids, count) : 0;
	t->acking = number != 0;
	if (!number)
		t->ack_at = b->now + box_retry(&t->failed);
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	if (!fbb)
		return true;
	struct gn_fb_key box = gn_wire_key(&r->follow.place.box);
	for (uint32_t k = 0; k < count; k++)
		fb_ids[k] = box_fb_id(&ids[k]);
	box_message_end(b, &t->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_ACK,
			gn_fb_box_ack_make(fbb, &(struct gn_fb_box_ack_args){.box = &box,
									     .ids = {fb_ids, count},
									     .shown = shown}));
	return true;
}

/* ---- running ---- */

static bool wants_watch(const struct box_read *r, const struct box_read_target *t)
{
	return !r->follow.poll && !r->proof.token.len && t->rank < BOX_WATCHED && !t->watch_asked &&
	       t->listed;
}

static bool has_named(const struct box_read *r, unsigned i)
{
	for (uint32_t k = 0; k < r->seen.count && r->unfetched; k++) {
		const struct box_seen *s = gn_map_value_at(&r->seen, k);
		if (s->state == SEEN_NAMED && s->named & 1u << i)
			return true;
	}
	return false;
}

static void target_run(struct gn_box *b, struct box_read *r, unsigned i)
{
	GN_ASSERT(i < r->target_count && may_ask(&r->targets[i]));
	struct box_read_target *t = &r->targets[i];
	struct box_right right = right_of(r, GN_BOXREC_READER);
	uint16_t shown = 0;
	bool list = !t->listing && t->list_at <= b->now,
	     watch = wants_watch(r, t) && t->watch_at <= b->now,
	     fetch = !t->fetching && t->look && r->got_bytes < BOX_READ_BYTES &&
		     t->bytes < BOX_READ_NODE;
	if (fetch) /* not looked for again before something changed */
		fetch = t->look = has_named(r, i);
	if (!list && !watch && !fetch)
		return;
	gn_err err = box_door_open(b, &t->to, &right, &shown);
	if (err == GN_PENDING)
		return;
	if (err != GN_OK) {
		gn_time again = b->now + box_retry(&t->failed);
		t->list_at = list ? again : t->list_at;
		t->watch_at = watch ? again : t->watch_at;
		for (uint32_t k = r->seen.count; fetch && k-- > 0;) {
			struct gn_box_id id = *(const struct gn_box_id *)gn_map_key_at(&r->seen, k);
			const struct box_seen *s = gn_map_value_at(&r->seen, k);
			if (s->state == SEEN_NAMED && s->named & 1u << i)
				box_seen_unname(r, i, &id);
		}
		return;
	}
	if (list) {
		t->after = t->pages = 0;
		send_list(b, r, i, shown);
	}
	if (watch)
		send_watch(b, r, i, shown);
	if (fetch)
		send_fetch(b, r, i, shown);
}

static void read_run(struct gn_box *b, struct box_read *r)
{
	bool acks = false;
	if (r->find_at <= b->now)
		look_up(b, r);
	b->wake = gn_time_min(b->wake, r->find_at);
	for (unsigned i = 0; i < r->target_count; i++) {
		struct box_read_target *t = &r->targets[i];
		if (!may_ask(t))
			continue;
		target_run(b, r, i);
		if (r->acks_left && !t->acking && t->ack_at <= b->now)
			acks = tell_acks(b, r, i) || acks;
		else
			acks = acks || (r->acks_left && (t->acking || t->ack_at > b->now));
		if (r->acks_left && t->ack_at > b->now)
			b->wake = gn_time_min(b->wake, t->ack_at);
		if (!t->listing && t->list_at > b->now)
			b->wake = gn_time_min(b->wake, t->list_at);
		if (wants_watch(r, t) && t->watch_at > b->now)
			b->wake = gn_time_min(b->wake, t->watch_at);
	}
	r->acks_left = acks;
}

void box_reads_run(struct gn_box *b)
{
	for (struct box_read *r = b->read_first; r; r = r->next) {
		for (unsigned place = 0; place < places_of(r); place++)
			if (r->sets[place].known) {
				r->sets[place].known = false;
				box_read_set(b, r, place);
				if (r->sets[place].count < GN_BOX_SET)
					r->find_at = gn_time_min(r->find_at, b->now + BOX_RETRY);
			}
		read_run(b, r);
	}
}

void box_reads_members(struct gn_box *b)
{
	for (struct box_read *r = b->read_first; r; r = r->next) {
		bool whole = true;
		for (unsigned place = 0; place < places_of(r); place++)
			whole = whole && r->sets[place].count >= GN_BOX_SET;
		r->find_at = gn_time_min(r->find_at, b->now + (whole ? BOX_MOVED : BOX_SUM_SOON));
	}
}

void box_reads_peer_down(struct gn_box *b, const struct gn_pk *pk)
{
	for (struct box_read *r = b->read_first; r; r = r->next)
		for (unsigned i = 0; i < r->target_count; i++) {
			struct box_read_target *t = &r->targets[i];
			if (!gn_pk_eq(&t->to.pk, pk))
				continue;
			t->watching = false;
			t->watch_at = b->now + BOX_SUM_SOON;
		}
}

/* ---- answers ---- */

static void take_list(struct gn_box *b, struct box_read *r, unsigned target,
		      struct gn_fb_box_listed m)
{
	GN_ASSERT(!r->targets[target].listing);
	struct box_read_target *t = &r->targets[target];
	uint32_t count = gn_fb_box_listed_entries_len(m);
	uint64_t next = gn_fb_box_listed_next(m), last = t->after;
	for (uint32_t i = 0; i < count && i < BOX_LISTED_MAX; i++) {
		struct gn_fb_box_entry e = gn_fb_box_listed_entries_at(m, i);
		struct gn_box_id id;
		memcpy(id.b, e.id, sizeof id.b);
		(void)box_seen_name(b, r, target, &id);
		last = e.at > last ? e.at : last;
	}
	/* one that has always more would be asked for ever */
	if (next > t->after && t->here && ++t->pages < BOX_LIST_PAGES) {
		struct box_right right = right_of(r, GN_BOXREC_READER);
		uint16_t shown;
		t->after = next;
		if (box_door_open(b, &t->to, &right, &shown) == GN_OK)
			send_list(b, r, target, shown);
		return;
	}
	t->after = last; /* the watch goes on from here */
	t->list_at = b->now + BOX_LIST_EVERY;
	t->bytes = 0;
	r->news = r->news || !t->listed;
	t->listed = true;
	if (r->news)
		gn_frame_tell(&b->frame, &r->op);
}

static void acks_told(struct box_read *r, const struct box_ask *a)
{
	GN_ASSERT(a->kind == ASK_ACK && a->target < r->target_count);
	for (uint32_t i = 0; i < a->count; i++) {
		struct box_seen *s = gn_map_get(&r->seen, &a->ids[i]);
		if (s)
			s->told |= 1u << a->target;
	}
}

/* It is not served: what it was for is tried again later, or with others. */
static void refused(struct gn_box *b, struct box_read *r, const struct box_ask *a, gn_err err)
{
	GN_ASSERT(a->target < r->target_count);
	struct box_read_target *t = &r->targets[a->target];
	struct box_right right =
		right_of(r, a->kind == ASK_ACK ? GN_BOXREC_REMOVER : GN_BOXREC_READER);
	if (err == GN_DENIED)
		box_door_denied(b, &t->to.pk, &right);
	for (uint32_t i = 0; a->kind == ASK_FETCH && i < a->count; i++) {
		struct box_seen *s = gn_map_get(&r->seen, &a->ids[i]);
		if (s && s->state == SEEN_ASKED)
			box_seen_unname(r, a->target, &a->ids[i]);
	}
	if (err == GN_OK)
		return;
	gn_time again = b->now + box_retry(&t->failed);
	if (a->kind == ASK_LIST)
		t->list_at = again;
	if (a->kind == ASK_WATCH) {
		t->watching = false;
		t->watch_at = again;
	}
	if (a->kind == ASK_ACK)
		t->ack_at = again;
}

static void request_over(struct box_read_target *t, enum box_ask_kind kind)
{
	t->listing = t->listing && kind != ASK_LIST;
	t->fetching = t->fetching && kind != ASK_FETCH;
	t->acking = t->acking && kind != ASK_ACK;
	t->watch_asked = t->watch_asked && kind != ASK_WATCH;
}

void box_read_answer(struct gn_box *b, struct box_read *r, struct box_ask *a,
		     struct gn_fb_box_message m)
{
	GN_ASSERT(a->target < r->target_count);
	uint8_t type = gn_fb_box_message_body_type(m);
	struct box_read_target *t = &r->targets[a->target];
	struct gn_fb_box_done done = gn_fb_box_message_body_as_box_done(m);
	box_wake(b);
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_ITEM && a->kind == ASK_FETCH) {
		struct gn_fb_box_item item = gn_fb_box_message_body_as_box_item(m);
		box_read_item(b, r, a->target, item);
		box_ask_renew(b, a);
		/* one for each id: who sends more of them, slowly, would keep the ids for ever */
		if (gn_fb_box_item_left(item) > 0 && ++a->answers < a->count)
			return;
		request_over(t, a->kind);
		refused(b, r, a, GN_OK); /* of what did not come */
		box_ask_free(b, a);
		return;
	}
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_ITEM) { /* before the watch was answered */
		box_read_item(b, r, a->target, gn_fb_box_message_body_as_box_item(m));
		return;
	}
	gn_err err = type == GN_FB_BOX_MESSAGE_BODY_BOX_DONE
			     ? gn_wire_err(gn_fb_box_done_code(done))
			     : GN_PROTOCOL;
	request_over(t, a->kind);
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_LISTED || err == GN_OK)
		t->failed = 0;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_LISTED && a->kind == ASK_LIST)
		take_list(b, r, a->target, gn_fb_box_message_body_as_box_listed(m));
	else if (err == GN_OK && a->kind == ASK_ACK)
		acks_told(r, a);
	else if (err == GN_OK && a->kind == ASK_WATCH)
		t->watching = true;
	else
		refused(b, r, a, err);
	box_ask_free(b, a);
}

void box_read_watched(struct gn_box *b, const struct gn_pk *from, struct gn_fb_box_item m)
{
	struct gn_pk box = gn_wire_key_get(gn_fb_box_item_box(m));
	for (struct box_read *r = b->read_first; r; r = r->next)
		for (unsigned i = 0; i < r->target_count; i++) {
			struct box_read_target *t = &r->targets[i];
			if (!may_ask(t) || !t->watching || t->bytes >= BOX_READ_NODE ||
			    !gn_pk_eq(&t->to.pk, from) || !gn_pk_eq(&r->follow.place.box, &box))
				continue;
			box_read_item(b, r, i, m);
			box_wake(b);
			return;
		}
	b->count.items_unasked++;
	b->caused.hashed += BOX_UNASKED_COST;
}

void box_read_lost(struct gn_box *b, struct box_read *r, const struct box_ask *a, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	request_over(&r->targets[a->target], a->kind);
	refused(b, r, a, err);
	box_wake(b);
}

/* ---- life ---- */

static gn_err keep_token(struct gn_box *b, struct box_read *r, struct gn_slice token)
{
	GN_ASSERT(!r->proof.token.len);
	if (!token.len)
		return GN_OK;
	if (token.len > BOX_TOKEN_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_token_open(token, &b->token, NULL));
	r->follow.read = *gn_token_bearer(&b->token);
	uint8_t *kept = gn_mem_new(b->env.alloc, token.len);
	if (!kept)
		return GN_NOMEM;
	memcpy(kept, token.p, token.len);
	r->proof = (struct gn_box_proof){.way = GN_BOX_TOKEN, .token = gn_slice(kept, token.len)};
	return GN_OK;
}

gn_err box_read_start(struct gn_box *b, const struct gn_box_follow *f, gn_op *op)
{
	if (b->reads >= BOX_FOLLOWS)
		return GN_LIMIT;
	struct box_read *r = GN_NEW(b->env.alloc, struct box_read);
	if (!r)
		return GN_NOMEM;
	r->follow = *f;
	r->follow.token = gn_slice(NULL, 0);
	gn_err err = keep_token(b, r, f->token);
	if (err != GN_OK) {
		gn_mem_free(b->env.alloc, r);
		return err;
	}
	gn_map_init(&r->seen, &b->env, sizeof(struct gn_box_id), sizeof(struct box_seen), BOX_SEEN);
	err = gn_frame_op_add(&b->frame, &r->op, OP_FOLLOW);
	if (err != GN_OK) {
		gn_mem_free(b->env.alloc, (void *)(uintptr_t)r->proof.token.p);
		gn_mem_free(b->env.alloc, r);
		return err;
	}
	r->next = b->read_first;
	b->read_first = r;
	b->reads++;
	*op = r->op.id;
	return GN_OK;
}

void box_read_free(struct gn_box *b, struct box_read *r)
{
	GN_ASSERT(b->reads > 0);
	struct box_read **at = &b->read_first;
	box_asks_forget(b, r->op.id);
	box_set_drop(b, &r->sets[0]);
	box_set_drop(b, &r->sets[1]);
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	b->reads--;
	gn_frame_op_remove(&b->frame, &r->op);
	while (r->got_first) {
		struct box_got *got = r->got_first;
		r->got_first = got->next;
		gn_mem_free(b->env.alloc, got);
	}
	gn_mem_free(b->env.alloc, r->shown);
	gn_mem_free(b->env.alloc, (void *)(uintptr_t)r->proof.token.p);
	gn_map_fini(&r->seen);
	gn_mem_free(b->env.alloc, r);
}

bool box_read_event(struct gn_box *b, struct box_read *r, struct gn_box_event *out)
{
	GN_ASSERT(!r->shown);
	*out = (struct gn_box_event){.op = r->op.id, .limit = ""};
	struct box_got *got = r->got_first;
	if (!got) {
		if (!r->news)
			return false;
		r->news = false;
		out->kind = GN_BOX_FOLLOWING;
		for (unsigned i = 0; i < r->target_count; i++)
			out->asked += r->targets[i].here && r->targets[i].listed;
		return true;
	}
	r->got_first = got->next;
	if (!r->got_first)
		r->got_last = NULL;
	box_got_show(r, got, out);
	if (r->got_first || r->news)
		gn_frame_tell(&b->frame, &r->op);
	if (r->unfetched)
		box_wake(b);
	return true;
}

gn_err box_read_ack(struct gn_box *b, struct box_read *r, const struct gn_box_id *id, bool shown)
{
	GN_ASSERT(r->op.id != 0);
	struct box_seen *s = gn_map_get(&r->seen, id);
	if (shown && (!s || s->state != SEEN_SHOWN))
		return GN_NOT_FOUND;
	if (!s) {
		s = gn_map_put(&r->seen, id);
		if (!s)
			return GN_LIMIT;
		*s = (struct box_seen){.state = SEEN_SHOWN, .first = UINT8_MAX};
	}
	r->unfetched -= s->state == SEEN_NAMED;
	s->state = s->state == SEEN_NAMED ? SEEN_SHOWN : s->state;
	s->acked = true;
	s->fresh = b->now;
	r->acks_left = true;
	box_wake(b);
	return GN_OK;
}
