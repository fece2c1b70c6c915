/* A content gets its row and its place in the chat.
 *
 * 1. Its place is what its sender wrote: (order, sent, id), the same on every device whatever came
 *    first (PE-10). Here the chat's greatest order is kept, for what is said next.
 * 2. What was said of it before it came is in a row of its own, an early one, which it fills; of
 *    those there are at most PEOPLE_EARLY_MAX a side.
 * 3. `outstanding` counts the rows for which people_waits: said here, and no device has them.
 *
 * Spec: PE-10, PE-14, PE-20. */
#include "people/people_int.h"

bool people_waits(const struct gn_people *p, const struct gn_people_message *m)
{
	return m->mine && !m->early && m->device == p->device && m->receipt_count == 0 &&
	       (m->state == GN_PEOPLE_WAITING || m->state == GN_PEOPLE_STORED);
}

void people_waited(struct gn_people *p, struct people_contact *c, bool was,
		   const struct gn_people_message *m)
{
	bool is = people_waits(p, m);
	if (is == was)
		return;
	if (!is && !c->chat.outstanding) { /* the rows do not fit together */
		people_break(p, GN_CORRUPT);
		return;
	}
	c->chat.outstanding += is ? 1u : UINT32_MAX;
	people_chat_changed(p, c);
}

bool people_needless(const struct gn_people *p, const struct people_contact *c,
		     const struct gn_people_message *m)
{
	bool all = c->device_count > 0;
	if (m->early || (people_kind_shown(m->kind) && !m->deleted && !m->expired))
		return false;
	if (!m->mine || m->device != p->device)
		return m->deleted || m->expired;
	for (uint32_t i = 0; i < c->device_count; i++)
		all &= people_message_receipted(m, c->devices[i].name);
	return all;
}

void people_take_away(struct gn_people *p, struct people_contact *c, struct gn_people_message *m)
{
	people_message_expire(m);
	people_put_message(p, m, people_needless(p, c, m) ? GN_PEOPLE_DROP : GN_PEOPLE_KEEP,
			   gn_slice(NULL, 0));
	people_message_event(p, c, m, false, false);
}

bool people_row_for(struct gn_people *p, struct people_contact *c, bool mine,
		    const struct gn_content_id *id, struct gn_people_message *out)
{
	if (people_find_message(p, &c->id, mine, id, out, NULL))
		return true;
	if (c->chat.early[mine] >= PEOPLE_EARLY_MAX) {
		p->counters[PEOPLE_C_EARLY_FULL]++;
		return false;
	}
	c->chat.early[mine]++;
	people_chat_changed(p, c);
	*out = (struct gn_people_message){.chat = c->id, .mine = mine, .id = *id, .early = true};
	return true;
}

void people_place(struct gn_people *p, struct people_contact *c, bool mine, uint64_t device,
		  const struct gn_content *what, struct gn_slice bytes, gn_time now)
{
	struct gn_people_message m = {.chat = c->id, .mine = mine, .id = what->id};
	bool here = mine && device == p->device;
	if (people_find_message(p, &c->id, mine, &what->id, &m, NULL) && m.early &&
	    c->chat.early[mine])
		c->chat.early[mine]--;
	m.kind = (uint8_t)what->kind;
	m.device = device;
	m.seq = what->seq;
	m.sent = what->sent;
	m.order = what->order;
	m.received = people_ms(now);
	m.expire = what->expire;
	people_message_meets(&m);
	if (here && c->self && !people_has_others(p))
		m.state = GN_PEOPLE_DELIVERED; /* a note that nobody else is to have */
	if (here && people_waits(p, &m))
		m.check = m.received + PEOPLE_CHECK_MS;
	if (m.state == GN_PEOPLE_READ)
		people_message_read(&m, m.received);
	people_waited(p, c, false, &m);
	bool gone = m.deleted || m.expired;
	people_put_message(p, &m, gone ? GN_PEOPLE_DROP : GN_PEOPLE_PUT,
			   gone ? gn_slice(NULL, 0) : bytes);
	if (what->order > c->chat.order)
		c->chat.order = what->order;
	people_chat_changed(p, c);
	people_message_event(p, c, &m, true, false);
}
