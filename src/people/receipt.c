/* Receipts: each device says by itself what came to it, in batches; what was read is told where
 * both allow. And the answers that sessions need to heal: each device that set one up gets one,
 * and so does one that was heard 50 times, or for a day, without a word from here.
 *
 * 1. Ids that wait are in the chat's row: a crash loses no receipt.
 * 2. Receipts are answered by nothing, so two devices never talk for ever.
 * 3. Marks of reading are worked off PEOPLE_WORK_MAX messages a call.
 *
 * Spec: PE-20..PE-26, PE-30, PE-31. */
#include "people/people_int.h"

void people_receipts_flush(struct gn_people *p, struct people_contact *c, gn_time now)
{
	struct people_chat *chat = &c->chat;
	struct gn_content r = {.kind = GN_CONTENT_RECEIPT};
	if (!chat->receipt_count || !people_may_write(c) || c->state != GN_PEOPLE_ACCEPTED)
		return;
	r.ids = (struct gn_content_ids){chat->receipts->b, chat->receipt_count};
	people_tell(p, c, &r, NULL, now);
	chat->receipt_count = 0;
	gn_mem_free(p->env.alloc, chat->receipts);
	chat->receipts = NULL;
	people_chat_changed(p, c);
}

void people_receipt_queue(struct gn_people *p, struct people_contact *c,
			  const struct gn_content_id *id, gn_time now)
{
	struct people_chat *chat = &c->chat;
	for (uint32_t i = 0; i < chat->receipt_count; i++)
		if (gn_content_id_eq(&chat->receipts[i], id))
			return;
	if (chat->receipt_count == GN_CONTENT_IDS_MAX)
		people_receipts_flush(p, c, now);
	if (chat->receipt_count == GN_CONTENT_IDS_MAX)
		return; /* we may not write: they send it again, and it is receipted then */
	if (!chat->receipts) {
		chat->receipts =
			GN_NEW_ARRAY(p->env.alloc, struct gn_content_id, GN_CONTENT_IDS_MAX);
		if (!chat->receipts) {
			people_break(p, GN_NOMEM);
			return;
		}
	}
	if (!chat->receipt_count)
		chat->receipts_since = now;
	chat->receipts[chat->receipt_count++] = *id;
	people_chat_changed(p, c);
}

/* ---- theirs ---- */

void people_receipt_take(struct gn_people *p, struct people_contact *c, uint64_t device,
			 const struct gn_content *what, gn_time now)
{
	bool read = what->u.read && people_reads(c);
	for (size_t i = 0; i < what->ids.count; i++) {
		struct gn_people_message m;
		struct gn_content_id id = gn_content_ids_at(what->ids, i);
		bool first;
		if (!people_row_for(p, c, true, &id, &m) || m.kind == GN_PEOPLE_GAP ||
		    m.kind == GN_PEOPLE_LINE)
			continue;
		bool waited = people_waits(p, &m);
		if (!people_message_receipt(&m, device, read, people_ms(now), &first))
			continue;
		people_waited(p, c, waited, &m);
		people_put_message(p, &m,
				   people_needless(p, c, &m) ? GN_PEOPLE_DROP : GN_PEOPLE_KEEP,
				   gn_slice(NULL, 0));
		people_message_event(p, c, &m, false, false);
	}
}

/* ---- ours: what was read ---- */

void people_read_work(struct gn_people *p, struct people_contact *c, gn_time now)
{
	struct people_chat *chat = &c->chat;
	struct gn_content r = {.kind = GN_CONTENT_RECEIPT};
	uint8_t ids[PEOPLE_WORK_MAX * GN_CONTENT_ID_LEN];
	struct gn_people_message m;
	struct gn_people_find f = {.kind = GN_PEOPLE_FIND_UNREAD,
				   .chat = c->id,
				   .order = chat->read_after.order,
				   .sent = chat->read_after_sent,
				   .id = chat->read_after.id};
	GN_ASSERT(PEOPLE_WORK_MAX <= GN_CONTENT_IDS_MAX && chat->read_work);
	r.u.read = true;
	r.ids.p = ids;
	while (r.ids.count < PEOPLE_WORK_MAX && people_find(p, &f, &m, NULL) &&
	       m.order <= chat->read_to) {
		memcpy(ids + r.ids.count++ * GN_CONTENT_ID_LEN, m.id.b, GN_CONTENT_ID_LEN);
		f.order = m.order;
		f.sent = m.sent;
		f.id = m.id;
		people_message_read(&m, people_ms(now));
		people_put_message(p, &m, GN_PEOPLE_KEEP, gn_slice(NULL, 0));
		people_message_event(p, c, &m, false, false);
	}
	chat->read_after = (struct gn_people_at){f.order, f.id};
	chat->read_after_sent = f.sent;
	if (r.ids.count && chat->read_tell && people_reads(c) && !c->self)
		people_tell(p, c, &r, NULL, now);
	chat->read_work = r.ids.count == PEOPLE_WORK_MAX;
	people_chat_changed(p, c);
}

void people_read_to(struct gn_people *p, struct people_contact *c, uint64_t order, bool tell,
		    gn_time now)
{
	struct people_chat *chat = &c->chat;
	if (order < chat->read_to)
		return;
	chat->read_tell = tell || (chat->read_work && chat->read_tell);
	chat->read_to = order;
	chat->read_after = (struct gn_people_at){0};
	chat->read_after_sent = 0;
	chat->read_work = true;
	people_read_work(p, c, now);
}

/* ---- signs of life ---- */

static void answer(struct gn_people *p, struct people_contact *c, struct people_device *d,
		   gn_time now)
{
	struct gn_content r = {.kind = GN_CONTENT_RECEIPT};
	people_receipts_flush(p, c, now);
	if (d->heard || d->must_answer)
		people_tell(p, c, &r, &d->key, now);
}

void people_answer_setups(struct gn_people *p, struct people_contact *c, gn_time now)
{
	for (uint32_t i = 0; i < c->device_count; i++)
		if (c->devices[i].must_answer)
			answer(p, c, &c->devices[i], now);
}

void people_heard(struct gn_people *p, struct people_contact *c, struct people_device *d,
		  bool setup, bool receipt, gn_time now)
{
	bool changed = setup && !d->must_answer;
	d->must_answer |= setup;
	if (!receipt) {
		if (!d->heard)
			d->heard_since = now;
		d->heard += d->heard < PEOPLE_HEARD_MAX;
		changed = true;
	}
	if (changed)
		people_contact_changed(p, c);
	if (d->heard >= PEOPLE_HEARD_MAX)
		answer(p, c, d, now);
}

void people_signs_of_life(struct gn_people *p, struct people_contact *c, gn_time now)
{
	for (uint32_t i = 0; i < c->device_count; i++) {
		struct people_device *d = &c->devices[i];
		if (d->heard && d->heard_since + PEOPLE_HEARD_WAIT <= now)
			answer(p, c, d, now);
	}
}
