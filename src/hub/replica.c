/* Questions that take long: searches, walks and hashes over the whole graph, on a thread of its
 * own with a copy of the ledger that is fed with the same durable records (HB-15, LG-55). So
 * they hold up no payment, see one state from beginning to end, and need neither locks nor
 * cutting into pieces.
 *
 * 1. The view is the thread's alone; a question brings what it needs and takes away text.
 * 2. The copy is made once, at READY, before the first payment: the state's bytes are written on
 *    the loop and read on the thread. It costs the ledger's memory a second time, within the
 *    same bound; without it (or when a record does not apply, which only a fault of ours or of
 *    the memory can cause) long questions are answered 500 and the hub goes on.
 * 3. At most HUB_LONG_MAX questions wait (places.c). */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

struct gn_hub_replica {
	struct gn_hub_tail_item load; /* the first question: becoming a copy */
	struct gn_hub_tail *tail;
	struct gn_alloc alloc;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_hub_view view;
	struct gn_buf state; /* the copy's bytes until it is loaded */
	uint64_t last;
	gn_err err;
};

/* ---- on the thread ---- */

static void load_state(struct gn_hub_tail_item *item, void *user)
{
	struct gn_hub_replica *p = user;
	(void)item;
	if (!p->err)
		p->err = gn_ledger_follower(&p->env, gn_buf_slice(&p->state), &p->view.ledger);
	gn_mem_free(&p->alloc, p->state.p);
	p->state = (struct gn_buf){0};
}

static void state_loaded(struct gn_hub_tail_item *item)
{
	(void)item;
}

static void note_names(struct gn_hub_replica *p, struct gn_slice payload, uint64_t first_seq,
		       uint32_t count)
{
	size_t off = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_record_view r;
		if (gn_rec_next(payload, &off, first_seq + i, &r))
			return;
		if (r.type == GN_REC_PARTICIPANT || r.type == GN_REC_PROFILE)
			gn_hub_note_name(&p->view, &r);
	}
}

static gn_err feed_replica(void *user, struct gn_slice payload, uint64_t first_seq, uint32_t count)
{
	struct gn_hub_replica *p = user;
	if (p->err)
		p->last = first_seq + count - 1; /* there is no copy: nothing is missing */
	if (p->err)
		return GN_OK;
	gn_err err = gn_ledger_follow(p->view.ledger, payload, first_seq, count);
	if (err == GN_NOT_FOUND)
		return err;
	if (err) {
		gn_hub_tail_note(p->tail, gn_err_text(err));
		gn_ledger_free(p->view.ledger);
		p->view.ledger = NULL;
		p->err = err;
		return GN_OK;
	}
	note_names(p, payload, first_seq, count);
	p->last = gn_ledger_seq(p->view.ledger);
	return GN_OK;
}

static uint64_t last_applied(void *user)
{
	return ((struct gn_hub_replica *)user)->last;
}

static void run_query(struct gn_hub_tail_item *item, void *user)
{
	struct gn_hub_query *q = GN_CONTAINER(item, struct gn_hub_query, asked.item);
	struct gn_hub_replica *p = user;
	q->err = p->err;
	if (!q->err)
		q->run(q, &p->view);
	if (q->json && !q->then) {
		q->text = json_dumps(q->json, JSON_COMPACT);
		json_decref(q->json);
		q->json = NULL;
		if (!q->text)
			q->err = GN_NOMEM;
	}
}

/* ---- on the loop ---- */

static void query_done(struct gn_hub_tail_item *item)
{
	struct gn_hub_query *q = GN_CONTAINER(item, struct gn_hub_query, asked.item);
	struct gn_hub_request *r = q->asked.request;
	gn_hub_look_at_clocks(r->hub);
	bool told = gn_hub_place_leave(&r->hub->longs, &q->asked);
	if (!told)
		;
	else if (q->err)
		gn_hub_fail(r, q->err, NULL, "%s", q->why);
	else if (q->then)
		q->then(q);
	else
		gn_hub_text(r, "application/json", gn_str(q->text));
	if ((!told || q->err) && q->drop)
		q->drop(q);
	json_decref(q->json);
	free(q->text);
	free(q);
	gn_host_release(&r->base);
}

static gn_err admit_query(struct gn_hub_request *r, struct gn_hub_query **out)
{
	if (!gn_hub_place_free(r, &r->hub->longs))
		return GN_BUSY;
	if ((*out = malloc(sizeof **out)))
		return GN_OK;
	gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
	return GN_NOMEM;
}

void gn_hub_ask_copy(struct gn_hub_request *r, struct gn_hub_query *question)
{
	struct gn_hub *hub = r->hub;
	struct gn_hub_query *q = NULL;
	if (admit_query(r, &q)) {
		if (question->drop)
			question->drop(question);
		return;
	}
	*q = *question;
	q->asked = (struct gn_hub_question){.item = {.run = run_query, .done = query_done},
					    .request = r};
	q->time = hub->time;
	gn_host_hold(&r->base);
	gn_hub_place_take(&hub->longs, &q->asked);
}

static gn_err copy_names(struct gn_hub_view *to, const struct gn_hub_view *from)
{
	for (uint32_t i = 0; i < from->name_count; i++)
		gn_hub_set_name(to, i, gn_str(gn_hub_name(from, i)));
	return to->name_count == from->name_count ? GN_OK : GN_NOMEM;
}

void gn_hub_replica_start(struct gn_hub *hub)
{
	static const struct gn_hub_tail_ops ops = {feed_replica, last_applied, true, GN_SEC};
	struct gn_hub_replica *p = calloc(1, sizeof *p);
	GN_ASSERT(p);
	gn_alloc_heap(&p->alloc, hub->config.memory);
	p->rand = gn_rand_system();
	p->env = (struct gn_env){&p->alloc, &p->rand, NULL};
	p->last = gn_ledger_seq(hub->ledger);
	p->err = gn_ledger_state(hub->ledger, &p->alloc, &p->state);
	if (!p->err)
		p->err = copy_names(&p->view, &hub->view);
	p->load.run = load_state;
	p->load.done = state_loaded;
	gn_err err = gn_hub_tail_new(&hub->host.loop, hub->host.dir, &ops, p, HUB_HISTORY_QUEUE,
				     &p->tail);
	GN_ASSERT(!err);
	gn_hub_tail_start(p->tail);
	gn_hub_tail_ask(p->tail, &p->load);
	gn_hub_places_init(&hub->longs, p->tail, HUB_LONG_MAX, 1);
	hub->replica = p;
}

void gn_hub_replica_records(struct gn_hub_replica *p, struct gn_slice payload, uint64_t first_seq,
			    uint32_t count)
{
	if (p)
		(void)gn_hub_tail_records(p->tail, payload, first_seq, count);
}

void gn_hub_replica_info(struct gn_hub_replica *p, struct gn_hub_tail_info *out)
{
	*out = (struct gn_hub_tail_info){0};
	if (p)
		gn_hub_tail_info(p->tail, out);
}

void gn_hub_replica_close(struct gn_hub_replica *p)
{
	if (!p)
		return;
	gn_hub_tail_close(p->tail);
	gn_ledger_free(p->view.ledger);
	gn_mem_free(&p->alloc, p->state.p);
	gn_hub_view_fini(&p->view);
	free(p);
}
