/* Lines that nobody said: what has not arrived, and what changed about a person. They are rows like
 * messages, so that a gap is seen where it is. A gap's line stands directly before the message that
 * showed it (its `sent` is 0). Spec: PE-12, PE-45. */
#include "people/people_int.h"

void people_message_event(struct gn_people *p, const struct people_contact *c,
			  const struct gn_people_message *m, bool fresh, bool gone)
{
	if (gone || m->early || people_kind_shown(m->kind))
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_MESSAGE,
							  .owner = c->owner,
							  .chat = c->id,
							  .id = m->id,
							  .mine = m->mine,
							  .fresh = fresh,
							  .gone = gone});
}

static void put_line(struct gn_people *p, struct people_contact *c,
		     const struct gn_people_message *m, struct gn_slice text, bool fresh, bool gone)
{
	uint8_t bytes[1024];
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	people_message_row(m, &w);
	GN_ASSERT(!w.bad);
	people_put(p, &(struct gn_people_row){.kind = GN_PEOPLE_ROW_MESSAGE,
					      .gone = gone,
					      .chat = c->id,
					      .bytes = gn_slice(bytes, gn_writer_len(&w)),
					      .message = m,
					      .keep = text.p ? GN_PEOPLE_PUT : GN_PEOPLE_KEEP,
					      .content = text});
	people_message_event(p, c, m, fresh, gone);
}

void people_tell_gaps(struct gn_people *p, struct people_contact *c,
		      const struct people_gap_changes *changes)
{
	for (unsigned i = 0; i < changes->count; i++) {
		const struct people_gap_change *k = &changes->at[i];
		struct gn_people_message m = {.chat = c->id,
					      .mine = k->mine,
					      .kind = GN_PEOPLE_GAP,
					      .device = k->gap.device,
					      .seq = k->gap.from,
					      .order = k->gap.order,
					      .missing = k->gap.missing};
		gn_put_be64(m.id.b, k->gap.device);
		gn_put_be64(m.id.b + 8, k->gap.number);
		put_line(p, c, &m, gn_slice(NULL, 0), false, k->gone);
	}
}

void people_tell_line(struct gn_people *p, struct people_contact *c, enum gn_people_line line,
		      uint64_t about, struct gn_slice text, gn_time now)
{
	uint64_t ms = people_ms(now);
	struct gn_people_message m = {.chat = c->id,
				      .kind = GN_PEOPLE_LINE,
				      .line = line,
				      .about = about,
				      .sent = ms,
				      .received = ms,
				      .order = ms > c->chat.order ? ms : c->chat.order};
	gn_rand_fill(p->env.rand, m.id.b, sizeof m.id.b);
	put_line(p, c, &m, text, true, false);
	people_chat_changed(p, c); /* it is the first thing there, perhaps */
}
