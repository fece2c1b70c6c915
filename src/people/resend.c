/* Items that could not be opened are asked for again, and answered: with the content, when the
 * device that asks has not receipted it, else by saying so. Neither is more than one message per
 * device and ten minutes, so nobody makes us send without end: what asks sooner waits.
 *
 * 1. Items that wait to be asked for are in the contact's row.
 * 2. Only what stays is sent again: an item that held anything else, or that is not known, is
 *    passed over.
 *
 * Spec: PE-32..PE-34. */
#include "people/people_int.h"

void people_resend_ask(struct gn_people *p, struct people_contact *c, struct people_device *d,
		       gn_time now)
{
	struct gn_content r = {.kind = GN_CONTENT_RESEND};
	if (!d->unopened_count || c->state != GN_PEOPLE_ACCEPTED || !people_may_write(c) ||
	    (d->asked_at && now < d->asked_at + PEOPLE_RESEND_WAIT))
		return;
	r.u.envelopes.p = d->unopened->b;
	r.u.envelopes.count = d->unopened_count;
	people_tell(p, c, &r, &d->key, now);
	gn_mem_free(p->env.alloc, d->unopened);
	d->unopened = NULL;
	d->unopened_count = 0;
	d->asked_at = now;
	people_contact_changed(p, c);
}

bool people_resend_held(const struct people_device *d, const struct gn_content *what, gn_time now)
{
	return what->kind == GN_CONTENT_RESEND && what->u.envelopes.count && d->answered_at &&
	       now < d->answered_at + PEOPLE_RESEND_WAIT - PEOPLE_RESEND_SLACK;
}

void people_resend_take(struct gn_people *p, struct people_contact *c, struct people_device *d,
			const struct gn_content *what, gn_time now)
{
	struct gn_content answer = {.kind = GN_CONTENT_RESEND};
	uint8_t ids[CONTENT_RESEND_MAX * GN_CONTENT_ID_LEN];
	if (!what->u.envelopes.count)
		return; /* an answer: these came before */
	d->answered_at = now;
	people_contact_changed(p, c);
	answer.ids.p = ids;
	for (size_t i = 0; i < what->u.envelopes.count; i++) {
		struct gn_people_find f = {.kind = GN_PEOPLE_FIND_ITEM};
		struct gn_people_message m;
		struct gn_slice bytes;
		memcpy(f.item.b, what->u.envelopes.p + i * sizeof f.item, sizeof f.item);
		if (!people_find(p, &f, &m, &bytes) || !gn_hash_eq(&m.chat, &c->id) || !m.mine)
			continue;
		if (people_message_receipted(&m, d->name))
			memcpy(ids + answer.ids.count++ * GN_CONTENT_ID_LEN, m.id.b,
			       GN_CONTENT_ID_LEN);
		else if (bytes.len)
			people_send_kept(p, c, &m.id, bytes, &d->key, true);
	}
	if (answer.ids.count)
		people_tell(p, c, &answer, &d->key, now);
}
