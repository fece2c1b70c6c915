/* Where the time goes until a letter is stored: the way of the custody that decided, the third, is
 * told from the messages that its depositor sent. Phases follow each other, so they add up. */
#include "sim.h"
#include "wire/generated/box_fb.h"

#include <stdlib.h>

#define SLOW 100 /* of so many letters one */

void sim_phases_begin(struct sim_letter *l, gn_time now)
{
	l->phases = (struct sim_phases){.begun = now};
}

static struct sim_holder *holder_of(struct sim_phases *p, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < p->count; i++)
		if (gn_pk_eq(&p->holders[i].pk, pk))
			return &p->holders[i];
	if (p->count == SIM_PHASE_HOLDERS)
		return NULL;
	struct sim_holder *h = &p->holders[p->count++];
	h->pk = *pk;
	return h;
}

static void phase_sent(struct sim_letter *l, const struct gn_pk *to, uint8_t type, gn_time now)
{
	struct sim_phases *p = &l->phases;
	struct sim_holder *h = holder_of(p, to);
	if (!h || l->stored)
		return;
	p->asked = p->asked ? p->asked : now;
	h->asked = h->asked ? h->asked : now;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_SHOW)
		h->shown = now;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT)
		h->sent = now;
}

/* Of a depositor on its way, what it asks of whom. */
static void box_sent(struct sim *s, unsigned node, struct gn_slice bytes, const struct gn_pk *to,
		     void *user)
{
	struct sim_letters *x = user;
	struct gn_fb_box_message m;
	struct gn_fb_key box;
	if (gn_fb_box_message_verify(bytes, &m) != GN_OK)
		return;
	uint8_t type = gn_fb_box_message_body_type(m);
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_ASK)
		box = gn_fb_box_ask_box(gn_fb_box_message_body_as_box_ask(m));
	else if (type == GN_FB_BOX_MESSAGE_BODY_BOX_SHOW)
		box = gn_fb_box_show_box(gn_fb_box_message_body_as_box_show(m));
	else if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT)
		box = gn_fb_box_deposit_box(gn_fb_box_message_body_as_box_deposit(m));
	else
		return;
	const unsigned *number = gn_map_get(&x->by_box, box.b);
	struct sim_letter *l = number ? &x->all[*number] : NULL;
	if (l && l->from == node && l->state == LETTER_GOES)
		phase_sent(l, to, type, s->now);
}

void sim_phases_follow(struct sim_letters *x)
{
	x->s->on_box_sent = box_sent;
	x->s->sent_user = x;
}

void sim_phases_custody(struct sim_letter *l, const struct gn_pk *holder, gn_time now)
{
	struct sim_phases *p = &l->phases;
	const struct sim_holder *h = holder_of(p, holder);
	if (l->stored || !h || ++p->custodies != SIM_LETTER_NEED)
		return;
	gn_time shown = h->shown ? h->shown : h->sent; /* its own node is asked at once */
	p->took[PHASE_AGAIN] = p->begun - l->first;
	p->took[PHASE_LOOKUP] = p->asked - p->begun;
	p->took[PHASE_WAIT] = h->asked - p->asked;
	p->took[PHASE_SESSION] = shown - h->asked;
	p->took[PHASE_SHOW] = h->sent - shown;
	p->took[PHASE_DEPOSIT] = now - h->sent;
}

void sim_phases_stored(struct sim_letter *l, gn_time now)
{
	gn_time sum = 0;
	for (unsigned i = 0; i < PHASE_SAID; i++)
		sum += l->phases.took[i];
	l->phases.took[PHASE_SAID] = now - l->first - sum;
}

static int slow_first(const void *a, const void *b)
{
	gn_time x = (*(const struct sim_letter *const *)a)->stored,
		y = (*(const struct sim_letter *const *)b)->stored;
	return (x < y) - (x > y);
}

void sim_phases_rows(const struct sim_letters *x, gn_time (*of)(const struct sim_letter *l))
{
	static const char *const names[PHASE_COUNT] = {
		"  tried again after", "  lookup of the holders", "  until it was asked",
		"  session with it",   "  right shown to it",     "  deposit to custody",
		"  until it was said"};
	const struct sim_letter **slow = calloc(x->count + 1, sizeof *slow);
	gn_time *all = calloc(x->count + 1, sizeof *all);
	double sum[PHASE_COUNT] = {0};
	size_t count = 0;
	GN_ASSERT(slow && all);
	for (unsigned i = 0; i < x->count; i++)
		if (of(&x->all[i]))
			slow[count++] = &x->all[i];
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		for (size_t i = 0; i < count; i++)
			all[i] = slow[i]->phases.took[p];
		(void)sim_row_times(x->s, names[p], all, count);
	}
	qsort(slow, count, sizeof(void *), slow_first);
	size_t slowest = (count + SLOW - 1) / SLOW;
	for (size_t i = 0; i < slowest; i++)
		for (unsigned p = 0; p < PHASE_COUNT; p++)
			sum[p] += (double)slow[i]->phases.took[p] / 1e6 / (double)slowest;
	sim_row(x->s, "  mean of the slowest 1 %",
		"again %.0f, lookup %.0f, asked %.0f, session %.0f, right %.0f, deposit %.0f, said "
		"%.0f ms",
		sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6]);
	free(slow);
	free(all);
}
