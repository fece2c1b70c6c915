/* The worker: asks the holders of a queue in random order, one at a time, while it has a slot free;
 * more time and what became of an item go to who lent it, and to others of the set when that one
 * is gone.
 *
 *   round: ASKING [one holder] -> ASKING the next -> ... -> over: at once anew when it brought
 *          something, else after a pause that doubles
 *   item:  lent [GN_BOX_LENT] -> reporting [gn_box_report] -> out [GN_BOX_REPORTED]
 *          lent -> out [GN_BOX_LOST: an extension was refused]
 *
 * 1. An item is shown only if its id is right, and once while it is ours.
 * 2. Who is asked for more time at last decides: a slot is never freed by silence.
 * Rules BX-41, BX-42. */
#include "services/box/engine_int.h"

#define TRIES_FIRST 2 /* at who lent it, before others of the set are told */

static struct box_right right_of(const struct box_work *w)
{
	return (struct box_right){.box = w->place.box,
				  .key = w->key,
				  .role = GN_BOXREC_WORKER,
				  .proof = w->proof.token.len ? &w->proof : NULL};
}

/* ---- events ---- */

static bool show(struct gn_box *b, struct box_work *w, const struct gn_box_event *e,
		 struct gn_slice item)
{
	struct box_lent *l = gn_mem_resize(b->env.alloc, NULL, sizeof *l + item.len);
	if (!l) {
		b->count.nomem++;
		return false;
	}
	*l = (struct box_lent){.e = *e};
	if (item.len)
		memcpy(l->bytes, item.p, item.len);
	l->e.op = w->op.id;
	l->e.limit = "";
	l->e.item = gn_slice(l->bytes, item.len);
	if (w->last)
		w->last->next = l;
	else
		w->first = l;
	w->last = l;
	gn_frame_tell(&b->frame, &w->op);
	return true;
}

static void job_out(struct gn_box *b, struct box_work *w, const struct gn_box_id *id,
		    enum gn_box_event_kind kind, gn_err err)
{
	struct box_job *j = gn_map_get(&w->jobs, id);
	struct gn_box_event e = {.kind = kind, .id = *id, .err = err};
	GN_ASSERT(j);
	e.delivery = j->delivery;
	gn_mem_free(b->env.alloc, j->outcome);
	(void)gn_map_remove(&w->jobs, id);
	b->count.leases_lost += kind == GN_BOX_LOST;
	(void)show(b, w, &e, gn_slice(NULL, 0));
	w->ask_at = gn_time_min(w->ask_at, b->now); /* a slot is free */
	box_wake(b);
}

/* ---- leases ---- */

static void new_round(struct gn_box *b, struct box_work *w)
{
	GN_ASSERT(w->set.count <= BOX_SET_WIDE);
	uint32_t n = w->set.count < GN_BOX_SET ? w->set.count : GN_BOX_SET;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = (uint32_t)gn_rand_below(b->env.rand, i + 1);
		w->order[i] = w->order[k];
		w->order[k] = (uint8_t)i;
	}
	w->at = 0;
	if (n && w->refused == n) { /* nobody of the set: a person wants to know */
		struct gn_box_event e = {.kind = GN_BOX_LOST, .err = GN_DENIED};
		(void)show(b, w, &e, gn_slice(NULL, 0));
	}
	w->refused = 0;
	if (w->limited && !w->some && !w->limited_told) { /* by one's word: it goes on asking */
		struct gn_box_event e = {.kind = GN_BOX_LOST, .err = GN_QUOTA};
		w->limited_told = show(b, w, &e, gn_slice(NULL, 0));
	}
	w->limited = false;
	if (w->some || n == 0) {
		w->poll = BOX_POLL;
		w->ask_at = n ? b->now : b->now + BOX_RETRY;
	} else {
		w->ask_at = b->now + w->poll;
		w->poll = gn_time_min(2 * w->poll, BOX_POLL_MAX);
	}
	w->some = false;
}

static void next_holder(struct gn_box *b, struct box_work *w)
{
	uint32_t n = w->set.count < GN_BOX_SET ? w->set.count : GN_BOX_SET;
	w->asking = false;
	w->at++;
	if (w->at >= n)
		new_round(b, w);
	box_wake(b);
}

static void send_lease(struct gn_box *b, struct box_work *w, const struct gn_contact *to,
		       uint16_t shown)
{
	struct box_ask like = {.kind = ASK_LEASE, .peer = to->pk, .op = w->op.id};
	struct gn_fb_key box = gn_wire_key(&w->place.box);
	unsigned room = w->slots - (w->jobs.count < w->slots ? w->jobs.count : w->slots);
	GN_ASSERT(room > 0 && !w->asking);
	uint64_t number = box_ask_new(b, &like, NULL);
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	w->asking = number != 0;
	if (!number)
		w->ask_at = b->now + BOX_POLL_MAX;
	if (fbb)
		box_message_end(
			b, to, number, GN_FB_BOX_MESSAGE_BODY_BOX_LEASE,
			gn_fb_box_lease_make(
				fbb,
				&(struct gn_fb_box_lease_args){
					.box = &box,
					.shown = shown,
					.count = (uint8_t)(room < BOX_LEASES ? room : BOX_LEASES),
					.seconds = w->seconds}));
}

static void ask_next(struct gn_box *b, struct box_work *w)
{
	uint32_t n = w->set.count < GN_BOX_SET ? w->set.count : GN_BOX_SET;
	struct box_right right = right_of(w);
	for (uint32_t i = 0; i <= n && w->ask_at <= b->now; i++) {
		uint16_t shown = 0;
		if (w->at >= n) {
			new_round(b, w);
			continue;
		}
		const struct gn_contact *to = &w->set.nodes[w->order[w->at]];
		gn_err err = box_door_open(b, to, &right, &shown);
		if (err == GN_PENDING)
			return;
		if (err == GN_OK) {
			send_lease(b, w, to, shown);
			return;
		}
		w->refused += err == GN_DENIED || err == GN_EXPIRED;
		next_holder(b, w);
	}
}

/* False: it is none, or none that it did not have. */
static bool take_lent(struct gn_box *b, struct box_work *w, const struct gn_pk *from,
		      struct gn_fb_box_item m)
{
	struct gn_box_id id = box_id(gn_fb_box_item_id(m));
	struct gn_slice item = gn_fb_box_item_item(m);
	struct gn_hash hash;
	if (item.len == 0 || gn_fb_box_item_delivery(m) == 0)
		return false;
	gn_sha256(&item, 1, &hash);
	struct gn_box_id real = box_id_of(&hash);
	if (!box_id_eq(&real, &id) || item.len > BOX_ITEM_MAX) {
		b->count.items_false++;
		return false;
	}
	if (gn_map_get(&w->jobs, &id) || w->jobs.count >= w->slots) {
		b->count.items_again++;
		return false;
	}
	struct gn_box_event e = {.kind = GN_BOX_LENT,
				 .id = id,
				 .deposited = gn_fb_box_item_deposited(m),
				 .until = gn_fb_box_item_until(m),
				 .cls = gn_fb_box_item_class(m),
				 .delivery = gn_fb_box_item_delivery(m),
				 .lease = gn_fb_box_item_lease(m),
				 .holder = *from};
	if (gn_fb_box_item_has_by(m))
		e.by = gn_wire_key_get(gn_fb_box_item_by(m));
	struct box_job *j = gn_map_put(&w->jobs, &id);
	if (!j || !show(b, w, &e, item)) {
		if (j)
			(void)gn_map_remove(&w->jobs, &id);
		return false; /* its lease runs out */
	}
	*j = (struct box_job){.holder = {.pk = *from}, .delivery = e.delivery};
	for (uint32_t i = 0; i < w->set.count; i++)
		if (gn_pk_eq(&w->set.nodes[i].pk, from))
			j->holder = w->set.nodes[i];
	if (w->once)
		w->slots = 0; /* what came more would be lent to nobody */
	w->some = true;
	w->limited_told = false;
	b->count.leases_in++;
	return true;
}

/* ---- what became of one ---- */

/* Where to say so now; NULL: nobody is left. */
static const struct gn_contact *report_to(const struct box_work *w, const struct box_job *j)
{
	if (j->tried < TRIES_FIRST)
		return &j->holder;
	uint32_t i = j->tried - TRIES_FIRST;
	return i < w->set.count ? &w->set.nodes[i] : NULL;
}

static void send_extend(struct gn_box *b, const struct box_work *w, const struct box_job *j,
			const struct gn_box_id *id, uint64_t number, uint16_t shown,
			uint32_t seconds)
{
	struct gn_fb_key box = gn_wire_key(&w->place.box);
	struct gn_fb_item_id fb_id = box_fb_id(id);
	struct gn_fbb *fbb = box_message_begin(b, 0);
	if (fbb)
		box_message_end(b, &j->holder, number, GN_FB_BOX_MESSAGE_BODY_BOX_EXTEND,
				gn_fb_box_extend_make(fbb, &(struct gn_fb_box_extend_args){
								   .box = &box,
								   .id = &fb_id,
								   .shown = shown,
								   .delivery = j->delivery,
								   .seconds = seconds}));
}

static void send_report(struct gn_box *b, const struct box_work *w, const struct box_job *j,
			const struct gn_contact *to, const struct gn_box_id *id, uint64_t number,
			uint16_t shown)
{
	struct gn_fb_key box = gn_wire_key(&w->place.box);
	struct gn_fb_item_id fb_id = box_fb_id(id);
	struct gn_fb_sig sig;
	struct gn_fbb *fbb = box_message_begin(b, j->outcome_len);
	if (!fbb)
		return;
	memcpy(sig.b, j->sig.b, sizeof sig.b);
	struct gn_fb_box_report_args args = {.box = &box,
					     .id = &fb_id,
					     .shown = shown,
					     .delivery = j->delivery,
					     .end = j->end,
					     .outcome = gn_slice(j->outcome, j->outcome_len),
					     .after = j->after,
					     .sig = &sig};
	box_message_end(b, to, number, GN_FB_BOX_MESSAGE_BODY_BOX_REPORT,
			gn_fb_box_report_make(fbb, &args));
}

static void report_step(struct gn_box *b, struct box_work *w, const struct gn_box_id *id,
			struct box_job *j)
{
	const struct gn_contact *to = report_to(w, j);
	struct box_right right = right_of(w);
	uint16_t shown = 0;
	GN_ASSERT(j->reporting && !j->asking);
	if (!to) {
		job_out(b, w, id, GN_BOX_REPORTED, GN_UNREACHABLE);
		return;
	}
	gn_err err = box_door_open(b, to, &right, &shown);
	if (err == GN_PENDING)
		return;
	struct box_ask like = {.kind = ASK_REPORT, .peer = to->pk, .op = w->op.id, .count = 1};
	uint64_t number = err == GN_OK ? box_ask_new(b, &like, id) : 0;
	if (!number) {
		j->tried = j->tried < TRIES_FIRST ? TRIES_FIRST : j->tried + 1;
		box_wake(b);
		return;
	}
	j->asking = true;
	j->tried++;
	send_report(b, w, j, to, id, number, shown);
}

/* Others of the set know of the lease, too. */
static void other_holder(struct gn_box *b, const struct box_work *w, struct box_job *j)
{
	if (w->set.count == 0)
		return;
	uint32_t n = w->set.count < GN_BOX_SET ? w->set.count : GN_BOX_SET;
	j->holder = w->set.nodes[gn_rand_below(b->env.rand, n)];
}

static void job_answer(struct gn_box *b, struct box_work *w, const struct box_ask *a, gn_err err)
{
	struct gn_box_id id = a->ids[0];
	struct box_job *j = gn_map_get(&w->jobs, &id);
	struct box_right right = right_of(w);
	if (!j)
		return;
	j->asking = false;
	box_wake(b);
	bool decided = err == GN_STALE || err == GN_EXISTS;
	if (err == GN_DENIED)
		box_door_denied(b, &a->peer, &right);
	if (a->kind == ASK_EXTEND) {
		if (decided && !j->reporting)
			job_out(b, w, &id, GN_BOX_LOST, err);
		else if (err != GN_OK)
			other_holder(b, w, j);
		return;
	}
	bool again = err == GN_NOT_FOUND || err == GN_BUSY || err == GN_TIMEOUT ||
		     err == GN_UNREACHABLE || err == GN_CLOSED || err == GN_IO ||
		     (err == GN_DENIED && j->tried < TRIES_FIRST);
	if (!again) {
		job_out(b, w, &id, GN_BOX_REPORTED, err);
		return;
	}
	if (err == GN_BUSY)
		j->retry = b->now + GN_SEC;
	else if (err != GN_DENIED && j->tried < TRIES_FIRST)
		j->tried = TRIES_FIRST;
}

gn_err box_work_extend(struct gn_box *b, struct box_work *w, const struct gn_box_id *id,
		       uint32_t seconds)
{
	struct box_job *j = gn_map_get(&w->jobs, id);
	struct box_right right = right_of(w);
	uint16_t shown = 0;
	if (!j || j->reporting)
		return GN_NOT_FOUND;
	if (j->asking)
		return GN_BUSY;
	struct box_ask like = {
		.kind = ASK_EXTEND, .peer = j->holder.pk, .op = w->op.id, .count = 1};
	gn_err err = box_door_open(b, &j->holder, &right, &shown);
	if (err == GN_PENDING)
		return GN_BUSY;
	uint64_t number = err == GN_OK ? box_ask_new(b, &like, id) : 0;
	if (!number) {
		other_holder(b, w, j);
		return GN_BUSY;
	}
	j->asking = true;
	send_extend(b, w, j, id, number, shown, seconds);
	return GN_OK;
}

gn_err box_work_report(struct gn_box *b, struct box_work *w, const struct gn_box_report *r)
{
	struct box_job *j = gn_map_get(&w->jobs, &r->id);
	struct gn_boxrec_outcome o = {.box = w->place.box, .end = r->end, .outcome = r->outcome};
	if (!j)
		return GN_NOT_FOUND;
	if (j->reporting)
		return GN_BUSY;
	if (r->outcome.len > BOX_OUTCOME_MAX)
		return GN_TOO_LARGE;
	o.delivery = j->delivery;
	memcpy(o.id, r->id.b, sizeof o.id);
	if (r->end > GN_BOXREC_HOPELESS || gn_boxrec_outcome_check(&w->key, &o, &r->sig) != GN_OK)
		return GN_SIGNATURE;
	j->outcome = r->outcome.len ? gn_mem_new(b->env.alloc, r->outcome.len) : NULL;
	if (r->outcome.len && !j->outcome)
		return GN_NOMEM;
	if (r->outcome.len)
		memcpy(j->outcome, r->outcome.p, r->outcome.len);
	j->outcome_len = (uint32_t)r->outcome.len;
	j->end = r->end;
	j->after = r->after;
	j->sig = r->sig;
	j->reporting = true;
	box_wake(b);
	return GN_OK;
}

/* ---- running ---- */

static void work_run(struct gn_box *b, struct box_work *w)
{
	if (w->find_at <= b->now) {
		gn_err err = box_set_find(b, &w->set, FIND_WORK, w, &w->place.box, 0);
		w->find_at = b->now + (err == GN_OK ? BOX_LIST_EVERY : BOX_RETRY);
	}
	if (w->set.known) {
		w->set.known = false;
		w->at = BOX_SET_WIDE;
		w->some = true; /* it begins at once */
		if (w->set.count < GN_BOX_SET)
			w->find_at = gn_time_min(w->find_at, b->now + BOX_RETRY);
	}
	for (uint32_t i = w->jobs.count; i-- > 0;) {
		struct gn_box_id id = *(const struct gn_box_id *)gn_map_key_at(&w->jobs, i);
		struct box_job *j = gn_map_value_at(&w->jobs, i);
		if (!j->reporting || j->asking)
			continue;
		if (j->retry <= b->now)
			report_step(b, w, &id, j);
		else
			b->wake = gn_time_min(b->wake, j->retry);
	}
	if (!w->asking && w->set.count && w->jobs.count < w->slots) {
		if (w->ask_at <= b->now)
			ask_next(b, w);
		if (!w->asking && w->ask_at > b->now)
			b->wake = gn_time_min(b->wake, w->ask_at);
	}
	b->wake = gn_time_min(b->wake, w->find_at);
}

void box_works_run(struct gn_box *b)
{
	for (struct box_work *w = b->work_first; w; w = w->next)
		work_run(b, w);
}

void box_work_answer(struct gn_box *b, struct box_work *w, struct box_ask *a,
		     struct gn_fb_box_message m)
{
	uint8_t type = gn_fb_box_message_body_type(m);
	gn_err err = GN_PROTOCOL;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DONE)
		err = gn_wire_err(gn_fb_box_done_code(gn_fb_box_message_body_as_box_done(m)));
	if (a->kind != ASK_LEASE) {
		job_answer(b, w, a, err);
		box_ask_free(b, a);
		return;
	}
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_ITEM) {
		struct gn_fb_box_item item = gn_fb_box_message_body_as_box_item(m);
		bool took = take_lent(b, w, &a->peer, item);
		/* who has always one more, slowly, would keep it from all others */
		a->answers += took;
		if (gn_fb_box_item_left(item) > 0 && a->answers < BOX_LEASES) {
			if (took)
				box_ask_renew(b, a);
			return;
		}
	} else if (err == GN_DENIED) {
		struct box_right right = right_of(w);
		box_door_denied(b, &a->peer, &right);
	} else if (err == GN_QUOTA) {
		struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(m);
		w->limited = w->limited || gn_token_limit_text(gn_fb_box_done_limit(d));
	}
	box_ask_free(b, a);
	next_holder(b, w);
}

void box_work_lost(struct gn_box *b, struct box_work *w, const struct box_ask *a, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	if (a->kind == ASK_LEASE)
		next_holder(b, w);
	else
		job_answer(b, w, a, err);
}

/* ---- life ---- */

gn_err box_work_start(struct gn_box *b, const struct gn_box_work *in, gn_op *op)
{
	if (in->slots == 0 || in->slots > BOX_SLOTS || in->place.front ||
	    in->token.len > BOX_TOKEN_MAX)
		return GN_USAGE;
	if (b->works >= BOX_WORKS)
		return GN_LIMIT;
	struct gn_pk key = in->key;
	if (in->token.len) {
		GN_TRY(gn_token_open(in->token, &b->token, NULL));
		key = *gn_token_bearer(&b->token);
	}
	struct box_work *w = GN_NEW(b->env.alloc, struct box_work);
	uint8_t *token = w && in->token.len ? gn_mem_new(b->env.alloc, in->token.len) : NULL;
	gn_err err = w && (token || !in->token.len) ? gn_frame_op_add(&b->frame, &w->op, OP_WORK)
						    : GN_NOMEM;
	if (err != GN_OK) {
		gn_mem_free(b->env.alloc, token);
		gn_mem_free(b->env.alloc, w);
		return err;
	}
	if (token)
		memcpy(token, in->token.p, in->token.len);
	w->place = in->place;
	w->key = key;
	w->proof = (struct gn_box_proof){.way = GN_BOX_TOKEN,
					 .token = gn_slice(token, token ? in->token.len : 0)};
	w->seconds = in->seconds;
	w->slots = in->slots;
	w->once = in->once;
	w->poll = BOX_POLL;
	gn_map_init(&w->jobs, &b->env, sizeof(struct gn_box_id), sizeof(struct box_job), BOX_SLOTS);
	w->next = b->work_first;
	b->work_first = w;
	b->works++;
	*op = w->op.id;
	return GN_OK;
}

void box_work_free(struct gn_box *b, struct box_work *w)
{
	struct box_work **at = &b->work_first;
	GN_ASSERT(b->works > 0);
	box_asks_forget(b, w->op.id);
	box_set_drop(b, &w->set);
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	b->works--;
	gn_frame_op_remove(&b->frame, &w->op);
	for (uint32_t i = 0; i < w->jobs.count; i++)
		gn_mem_free(b->env.alloc, GN_MAP_AT(&w->jobs, struct box_job, i).outcome);
	for (struct box_lent *l; (l = w->first);) {
		w->first = l->next;
		gn_mem_free(b->env.alloc, l);
	}
	gn_mem_free(b->env.alloc, w->shown);
	gn_mem_free(b->env.alloc, (void *)(uintptr_t)w->proof.token.p);
	gn_map_fini(&w->jobs);
	gn_mem_free(b->env.alloc, w);
}

bool box_work_event(struct gn_box *b, struct box_work *w, struct gn_box_event *out)
{
	struct box_lent *l = w->first;
	GN_ASSERT(!w->shown);
	if (!l)
		return false;
	w->first = l->next;
	if (!w->first)
		w->last = NULL;
	else
		gn_frame_tell(&b->frame, &w->op);
	w->shown = l; /* until the next event */
	*out = l->e;
	return true;
}
