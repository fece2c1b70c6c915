/* Operations in contexts: begun, named by numbers of the node, carried over from day to day.
 *
 * A number says the context and the operation there; what lasts (a box that is read, a topic that
 * is heard) keeps its first one while it moves, and is found by it. Engines count for themselves:
 * a number is one of a box, of the bus or of a record, as whoever asks says. */
#include "node/fresh_int.h"

/* ---- numbers ---- */

static struct fresh_lasting *lasting_of(const struct gn_node *node, bool topic, gn_op op)
{
	struct fresh_lasting *l = node->fresh.lasting;
	while (l && (l->op != op || l->topic != topic))
		l = l->next;
	return l;
}

static struct fresh *of_number(const struct gn_node *node, uint64_t number)
{
	return fresh_at(node, (uint32_t)(number >> 32) & (FRESH_SERIALS - 1));
}

/* The context of a number, and the number there; NULL: it is gone. */
static struct fresh *context_of(struct gn_node *node, bool topic, uint64_t *number)
{
	GN_ASSERT(*number & FRESH_NUMBER);
	const struct fresh_lasting *l = lasting_of(node, topic, *number);
	struct fresh *f = l ? fresh_at(node, l->serial) : of_number(node, *number);
	*number = l ? l->in : (uint32_t)*number;
	if (f)
		fresh_touch(f);
	return f;
}

struct gn_box *gn_node_fresh_box(struct gn_node *node, uint64_t *number)
{
	if (!(*number & FRESH_NUMBER))
		return node->box;
	struct fresh *f = context_of(node, false, number);
	return f ? f->box : NULL;
}

struct gn_bus *gn_node_fresh_bus(struct gn_node *node, uint64_t *number)
{
	if (!(*number & FRESH_NUMBER))
		return node->bus;
	struct fresh *f = context_of(node, true, number);
	return f ? f->bus : NULL;
}

/* ---- what lasts ---- */

void fresh_lasting_free(struct gn_node *node, struct fresh_lasting *l)
{
	struct fresh_lasting **at = &node->fresh.lasting;
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	gn_mem_free(node->env.alloc, l->owned);
	gn_mem_free(node->env.alloc, l);
}

static void end_old(struct gn_node *node, struct fresh_lasting *l)
{
	struct fresh *old = l->old_serial ? fresh_at(node, l->old_serial) : NULL;
	l->old_serial = 0;
	l->old_ends = GN_NEVER;
	if (!old)
		return;
	if (l->topic)
		gn_bus_cancel(old->bus, l->old_in, node->now);
	else
		gn_box_cancel(old->box, l->old_in, node->now);
	fresh_touch(old);
}

static gn_err begin_in(struct fresh *f, const struct fresh_lasting *l, gn_op *in)
{
	if (!l->topic)
		return gn_box_follow(f->box, &l->follow, f->node->now, in);
	GN_TRY(fresh_need_bus(f));
	return gn_bus_subscribe(f->bus, &l->sub, f->node->now, in);
}

static void topic_name(const struct gn_bus_topic *t, uint8_t out[32])
{
	struct gn_hash key;
	gn_topicrec_key(&t->owner, t->label, &key);
	memcpy(out, key.b, 32);
}

/* Begins it in today's context. */
static gn_err begin(struct gn_node *node, struct fresh_lasting *l)
{
	uint8_t what[32];
	struct fresh *f;
	gn_op in;
	if (l->topic)
		topic_name(&l->sub.topic, what);
	else
		memcpy(what, l->follow.place.box.b, sizeof what);
	GN_TRY(fresh_need(node, &l->who, what, &f));
	GN_TRY(begin_in(f, l, &in));
	l->serial = f->serial;
	l->in = in;
	f->idle = 0;
	fresh_touch(f);
	return GN_OK;
}

void fresh_lasting_move(struct gn_node *node, const struct fresh *f)
{
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		if (l->serial != f->serial)
			continue;
		end_old(node, l);
		uint32_t serial = l->serial;
		gn_op in = l->in;
		if (begin(node, l))
			continue; /* it goes on where it is, until that ends */
		l->old_serial = serial;
		l->old_in = in;
	}
}

void fresh_lasting_look(struct gn_node *node)
{
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next)
		if (l->old_ends <= node->now)
			end_old(node, l);
}

void fresh_lasting_lost(struct gn_node *node, const struct fresh *f)
{
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		if (l->old_serial == f->serial)
			l->old_serial = 0;
		if (l->serial == f->serial && f->over)
			(void)!begin(node, l); /* it did not move when the day was over */
	}
}

/* ---- events ---- */

/* What lasts, and has this number in this context; *old: in that of the day before. */
static struct fresh_lasting *lasting_in(const struct fresh *f, bool topic, gn_op in, bool *old)
{
	for (struct fresh_lasting *l = f->node->fresh.lasting; l; l = l->next) {
		*old = l->old_serial == f->serial && l->old_in == in;
		if (l->topic == topic && (*old || (l->serial == f->serial && l->in == in)))
			return l;
	}
	return NULL;
}

void fresh_box_event(struct fresh *f, struct gn_box_event *e)
{
	bool old = false;
	if (e->kind == GN_BOX_SIGN) {
		e->sign = fresh_number(f, e->sign);
		return;
	}
	struct fresh_lasting *l = lasting_in(f, false, e->op, &old);
	e->op = l ? l->op : fresh_number(f, e->op);
	if (l && !old && e->kind == GN_BOX_FOLLOWING && e->asked >= GN_BOX_SET)
		end_old(f->node, l);
}

/* True: the other day's context has told it. */
static bool was_told(struct fresh_lasting *l, const struct gn_said *said)
{
	struct gn_fb_bus_id id = {gn_said_key8(&said->publisher), said->epoch, said->seq};
	for (unsigned i = 0; i < GN_NODE_FRESH_TOLD && i < l->told_count; i++)
		if (l->told[i].publisher8 == id.publisher8 && l->told[i].epoch == id.epoch &&
		    l->told[i].seq == id.seq)
			return true;
	l->told[l->told_count++ % GN_NODE_FRESH_TOLD] = id;
	return false;
}

bool fresh_bus_event(struct fresh *f, struct gn_bus_event *e)
{
	bool old = false;
	if (e->kind == GN_BUS_SIGN) {
		e->sign = fresh_number(f, e->sign);
		return true;
	}
	struct fresh_lasting *l = lasting_in(f, true, e->op, &old);
	e->op = l ? l->op : fresh_number(f, e->op);
	if (!l)
		return true;
	if (e->kind == GN_BUS_ENDED && old) { /* today's goes on */
		l->old_serial = 0;
		return false;
	}
	if (!old && e->kind == GN_BUS_FOLLOWING && e->roots && l->old_ends == GN_NEVER)
		l->old_ends = f->node->now + GN_NODE_FRESH_BOTH;
	if (e->kind == GN_BUS_ENDED) {
		end_old(f->node, l);
		fresh_lasting_free(f->node, l);
	}
	return e->kind != GN_BUS_SAID || !was_told(l, &e->said);
}

/* ---- operations ---- */

static void begun(struct fresh *f, gn_op in, gn_op *op)
{
	f->idle = 0;
	fresh_touch(f);
	*op = fresh_number(f, in);
}

gn_err gn_node_fresh_deposit(struct gn_node *node, const struct gn_node_fresh_for *who,
			     const struct gn_box_deposit *d, gn_op *op)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, who, d->place.box.b, &f));
	GN_TRY(gn_box_deposit(f->box, d, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

gn_err gn_node_fresh_check(struct gn_node *node, const struct gn_node_fresh_for *who,
			   const struct gn_box_place *place, const struct gn_hash *item,
			   const struct gn_box_proof *by, gn_op *op)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, who, place->box.b, &f));
	GN_TRY(gn_box_check(f->box, place, item, by, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

/* One more, with room for what it borrows. */
static struct fresh_lasting *lasting_new(struct gn_node *node, const struct gn_node_fresh_for *who,
					 bool topic, size_t bytes)
{
	struct fresh_lasting *l = GN_NEW(node->env.alloc, struct fresh_lasting);
	if (!l)
		return NULL;
	l->owned = bytes ? gn_mem_new(node->env.alloc, bytes) : NULL;
	if (bytes && !l->owned) {
		gn_mem_free(node->env.alloc, l);
		return NULL;
	}
	l->who = *who;
	l->topic = topic;
	l->old_ends = GN_NEVER;
	l->next = node->fresh.lasting;
	node->fresh.lasting = l;
	return l;
}

/* Begins it for the first time, or frees it. */
static gn_err lasting_begin(struct gn_node *node, struct fresh_lasting *l, gn_op *op)
{
	gn_err err = begin(node, l);
	if (err) {
		fresh_lasting_free(node, l);
		return err;
	}
	l->op = fresh_number(fresh_at(node, l->serial), l->in);
	*op = l->op;
	return GN_OK;
}

static struct gn_slice copy_to(uint8_t **at, struct gn_slice from)
{
	uint8_t *to = *at;
	if (from.len)
		memcpy(to, from.p, from.len);
	*at += from.len;
	return gn_slice(to, from.len);
}

gn_err gn_node_fresh_follow(struct gn_node *node, const struct gn_node_fresh_for *who,
			    const struct gn_box_follow *follow, gn_op *op)
{
	unsigned count = 0;
	for (const struct fresh_lasting *l = node->fresh.lasting; l; l = l->next)
		count += !l->topic;
	if (count >= GN_BOX_FOLLOWS) /* as of the node's own */
		return GN_LIMIT;
	struct fresh_lasting *l = lasting_new(node, who, false, follow->token.len);
	if (!l)
		return GN_NOMEM;
	uint8_t *at = l->owned;
	l->follow = *follow;
	l->follow.token = copy_to(&at, follow->token);
	return lasting_begin(node, l, op);
}

/* Borrows of itself from now on. */
static void keep_sub(struct fresh_lasting *l, const struct gn_bus_subscribe *s)
{
	GN_ASSERT(l->topic && (l->owned || s->filter_count == 0));
	struct gn_slice *filters = (struct gn_slice *)(void *)l->owned;
	uint8_t *at = l->owned + s->filter_count * sizeof *filters;
	l->sub = *s;
	l->sub.filters = filters;
	l->sub.topic.label = copy_to(&at, s->topic.label);
	l->sub.token = copy_to(&at, s->token);
	for (size_t i = 0; i < s->filter_count; i++)
		filters[i] = copy_to(&at, s->filters[i]);
}

gn_err gn_node_fresh_subscribe(struct gn_node *node, const struct gn_node_fresh_for *who,
			       const struct gn_bus_subscribe *s, gn_op *op)
{
	unsigned count = 0, of_user = 0;
	size_t bytes = s->topic.label.len + s->token.len;
	for (const struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		count += l->topic;
		of_user += l->topic && l->who.user == who->user;
	}
	if (who->stranger && of_user >= GN_NODE_FRESH_TOPICS / GN_NODE_USER_PART)
		return GN_QUOTA;
	if (count >= GN_NODE_FRESH_TOPICS)
		return GN_LIMIT;
	if (s->topic.label.len > GN_SAID_SUBJECT || s->token.len > GN_MESSAGE_MAX ||
	    s->filter_count > GN_NODE_TOPIC_FILTERS)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < s->filter_count; i++)
		bytes += s->filters[i].len;
	struct fresh_lasting *l =
		lasting_new(node, who, true, s->filter_count * sizeof s->filters[0] + bytes);
	if (!l)
		return GN_NOMEM;
	keep_sub(l, s);
	return lasting_begin(node, l, op);
}

gn_err gn_node_fresh_publish(struct gn_node *node, const struct gn_node_fresh_for *who,
			     const struct gn_bus_publish *p, gn_op *op)
{
	struct gn_said said = {.sig = p->sig};
	uint8_t what[32];
	struct fresh *f;
	gn_op in;
	GN_TRY(gn_said_parse(p->said, &said));
	if (said.flags & GN_FB_BUS_FLAG_WILL)
		return GN_UNSUPPORTED;
	if (p->topic.label.len > GN_SAID_SUBJECT)
		return GN_TOO_LARGE;
	topic_name(&p->topic, what);
	GN_TRY(fresh_need(node, who, what, &f));
	GN_TRY(fresh_need_bus(f));
	GN_TRY(gn_bus_publish(f->bus, p, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

gn_err gn_node_fresh_get(struct gn_node *node, const struct gn_node_fresh_for *who,
			 const struct gn_hash *key, const struct gn_get_options *options, gn_op *op)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, who, key->b, &f));
	GN_TRY(fresh_need_apart(f));
	GN_TRY(gn_apart_get(f->apart, key, options, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

gn_err gn_node_fresh_put(struct gn_node *node, const struct gn_node_fresh_for *who,
			 struct gn_slice record, unsigned w, gn_op *op)
{
	struct gn_record r;
	struct fresh *f;
	gn_op in;
	GN_TRY(gn_wire_record_parse(record, &r));
	bool topic = r.type == GN_FB_RECORD_TYPE_TOPIC;
	GN_TRY(fresh_need(node, who, topic ? r.key.b : r.owner.b, &f));
	GN_TRY(fresh_need_apart(f));
	GN_TRY(gn_apart_put(f->apart, record, w, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

gn_err gn_node_fresh_ack(struct gn_node *node, gn_op follow, const struct gn_box_id *id)
{
	uint64_t in = follow;
	struct gn_box *box = gn_node_fresh_box(node, &in);
	if (!box)
		return GN_NOT_FOUND;
	gn_err err = gn_box_ack(box, in, id, node->now);
	bool moved = err == GN_NOT_FOUND && lasting_of(node, false, follow);
	return moved ? gn_box_drop(box, in, id, node->now) : err;
}

static void lasting_gone(struct gn_node *node, struct fresh_lasting *l)
{
	if (!l)
		return;
	end_old(node, l);
	fresh_lasting_free(node, l);
}

void gn_node_fresh_cancel(struct gn_node *node, gn_op op)
{
	struct fresh_lasting *l = lasting_of(node, false, op);
	uint64_t in = op;
	struct gn_box *box = gn_node_fresh_box(node, &in);
	if (box)
		gn_box_cancel(box, in, node->now);
	lasting_gone(node, l);
}

void gn_node_fresh_gone(struct gn_node *node, gn_op op)
{
	struct fresh_lasting *l = lasting_of(node, true, op);
	uint64_t in = op;
	struct gn_bus *bus = gn_node_fresh_bus(node, &in);
	if (bus)
		gn_bus_gone(bus, in, node->now);
	lasting_gone(node, l);
}

void gn_node_fresh_record_cancel(struct gn_node *node, gn_op op)
{
	if (!(op & FRESH_NUMBER)) {
		gn_overlay_cancel(node->overlay, op);
		return;
	}
	struct fresh *f = of_number(node, op);
	if (f && f->apart)
		gn_apart_cancel(f->apart, (uint32_t)op);
}
