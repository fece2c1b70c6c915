/* A message's row: what a content is plus all that happened to it. Every change here has the same
 * result in whatever order changes come, so that devices end up alike.
 *
 * 1. A deleted message has no text, no edit and no reactions, and never will have again.
 * 2. Of two edits, and of two reactions of one person, the newer (order, id) stays.
 * 3. A state only goes up: waiting, stored, delivered, read; failed gives way to each receipt.
 *
 *    WAITING -> STORED [gn_people_stored] -> DELIVERED -> READ [people_message_receipt]
 *    WAITING, STORED -> FAILED [gn_people_failed, tick] -> WAITING [gn_people_retry]
 *
 * Spec: PE-14..PE-17, PE-20..PE-22. */
#include "people/form_int.h"
#include "people/message_int.h"

#define ROW_VERSION 1

bool people_kind_shown(unsigned kind)
{
	switch (kind) {
	case GN_CONTENT_OTHER:
	case GN_CONTENT_TEXT:
	case GN_CONTENT_FILE:
	case GN_CONTENT_CONTACT:
	case GN_CONTENT_PAYMENT:
	case GN_CONTENT_JOB:
	case GN_PEOPLE_GAP:
	case GN_PEOPLE_LINE: return true;
	default: return false;
	}
}

static bool is_line(const struct gn_people_message *m)
{
	return m->kind == GN_PEOPLE_GAP || m->kind == GN_PEOPLE_LINE;
}

bool gn_people_shown(const struct gn_people_message *m)
{
	return !m->early && people_kind_shown(m->kind);
}

bool gn_people_unread(const struct gn_people_message *m)
{
	return gn_people_shown(m) && !m->mine && !m->read && !m->deleted && !m->expired &&
	       !is_line(m);
}

uint64_t gn_people_due(const struct gn_people_message *m)
{
	if (!m->expires || m->expired)
		return m->check;
	return m->check && m->check < m->expires ? m->check : m->expires;
}

bool people_at_newer(const struct gn_people_at *a, const struct gn_people_at *b)
{
	if (a->order != b->order)
		return a->order > b->order;
	return memcmp(a->id.b, b->id.b, sizeof a->id.b) > 0;
}

/* ---- changes ---- */

static void strip(struct gn_people_message *m)
{
	m->edit = (struct gn_people_at){0};
	m->edited = gn_slice(NULL, 0);
	memset(m->reactions, 0, sizeof m->reactions);
}

bool people_message_edit(struct gn_people_message *m, const struct gn_people_at *at,
			 struct gn_slice text)
{
	bool takes = m->early || m->kind == GN_CONTENT_TEXT || m->kind == GN_CONTENT_FILE;
	if (!takes || m->deleted || m->expired || !people_at_newer(at, &m->edit))
		return false;
	m->edit = *at;
	m->edited = text;
	return true;
}

bool people_message_delete(struct gn_people_message *m)
{
	if (m->deleted || is_line(m) || (!m->early && !people_kind_shown(m->kind)))
		return false;
	m->deleted = true;
	strip(m);
	return true;
}

bool people_message_react(struct gn_people_message *m, bool mine, const struct gn_people_at *at,
			  struct gn_slice emoji)
{
	struct gn_people_reaction *r = &m->reactions[mine];
	if (m->deleted || m->expired || is_line(m) || (!m->early && !people_kind_shown(m->kind)) ||
	    !people_at_newer(at, &r->at))
		return false;
	GN_ASSERT(emoji.len <= sizeof r->emoji);
	*r = (struct gn_people_reaction){.at = *at, .len = (uint8_t)emoji.len};
	if (emoji.len)
		memcpy(r->emoji, emoji.p, emoji.len);
	return true;
}

bool people_message_receipted(const struct gn_people_message *m, uint64_t device)
{
	for (unsigned i = 0; i < m->receipt_count; i++)
		if (m->receipts[i].device == device)
			return true;
	return false;
}

bool people_message_receipt(struct gn_people_message *m, uint64_t device, bool read,
			    uint64_t unix_ms, bool *first)
{
	struct gn_people_receipt *at = NULL;
	*first = m->receipt_count == 0;
	for (unsigned i = 0; i < m->receipt_count && !at; i++)
		if (m->receipts[i].device == device)
			at = &m->receipts[i];
	if (at && (at->read || !read))
		return false;
	if (!at && m->receipt_count < GN_PEOPLE_RECEIPTS_MAX)
		at = &m->receipts[m->receipt_count++];
	if (at)
		*at = (struct gn_people_receipt){device, unix_ms, read};
	m->check = 0;
	m->why = GN_PEOPLE_NO_REASON;
	if (m->state != GN_PEOPLE_READ)
		m->state = read ? GN_PEOPLE_READ : GN_PEOPLE_DELIVERED;
	if (read)
		people_message_read(m, unix_ms);
	return true;
}

void people_message_read(struct gn_people_message *m, uint64_t unix_ms)
{
	m->read |= !m->mine;
	if (m->expire && !m->expires && !m->early && people_kind_shown(m->kind))
		m->expires = unix_ms + m->expire * UINT64_C(1000);
}

void people_message_expire(struct gn_people_message *m)
{
	m->expired = true;
	strip(m);
}

void people_message_meets(struct gn_people_message *m)
{
	m->early = false;
	m->deleted = m->deleted && people_kind_shown(m->kind);
	m->expired = m->expired && people_kind_shown(m->kind);
	if (m->deleted || !people_kind_shown(m->kind))
		strip(m);
	if (m->kind != GN_CONTENT_TEXT && m->kind != GN_CONTENT_FILE) {
		m->edit = (struct gn_people_at){0};
		m->edited = gn_slice(NULL, 0);
	}
}

/* ---- the row ---- */

static void walk_at(struct people_form *f, struct gn_people_at *at)
{
	people_form_u64(f, &at->order);
	people_form_bytes(f, at->id.b, sizeof at->id.b);
}

static void walk_lists(struct people_form *f, struct gn_people_message *m)
{
	for (int i = 0; i < 2; i++) {
		struct gn_people_reaction *r = &m->reactions[i];
		walk_at(f, &r->at);
		r->len = (uint8_t)people_form_below(f, r->len, GN_CONTENT_EMOJI_MAX + 1);
		people_form_bytes(f, r->emoji, r->len);
	}
	m->receipt_count =
		(uint8_t)people_form_below(f, m->receipt_count, GN_PEOPLE_RECEIPTS_MAX + 1);
	for (unsigned i = 0; i < m->receipt_count; i++) {
		people_form_u64(f, &m->receipts[i].device);
		people_form_u64(f, &m->receipts[i].time);
		people_form_flag(f, &m->receipts[i].read);
	}
}

static void walk(struct people_form *f, struct gn_people_message *m)
{
	people_form_version(f, ROW_VERSION);
	people_form_bytes(f, m->chat.b, sizeof m->chat.b);
	people_form_flag(f, &m->mine);
	people_form_bytes(f, m->id.b, sizeof m->id.b);
	people_form_u8(f, &m->kind);
	people_form_u64(f, &m->device);
	people_form_u64(f, &m->seq);
	people_form_u64(f, &m->sent);
	people_form_u64(f, &m->order);
	people_form_u64(f, &m->received);
	people_form_flag(f, &m->early);
	people_form_flag(f, &m->deleted);
	people_form_flag(f, &m->expired);
	people_form_flag(f, &m->read);
	walk_at(f, &m->edit);
	people_form_slice(f, &m->edited, GN_CONTENT_TEXT_MAX);
	walk_lists(f, m);
	m->state = (enum gn_people_sent)people_form_below(f, m->state, GN_PEOPLE_FAILED + 1);
	people_form_u8(f, &m->held);
	people_form_u8(f, &m->of);
	m->why = (enum gn_people_why)people_form_below(f, m->why, GN_PEOPLE_WHY_COUNT);
	people_form_u32(f, &m->expire);
	people_form_u64(f, &m->expires);
	people_form_u64(f, &m->check);
	people_form_u64(f, &m->missing);
	people_form_u64(f, &m->about);
	m->line = (enum gn_people_line)people_form_below(f, m->line, GN_PEOPLE_LINE_EXPIRE + 1);
}

void people_message_row(const struct gn_people_message *m, struct gn_writer *w)
{
	struct gn_people_message copy = *m;
	struct people_form f = {.w = *w};
	walk(&f, &copy);
	GN_ASSERT(!f.bad);
	*w = f.w;
}

gn_err gn_people_message_open(struct gn_slice row, struct gn_people_message *out)
{
	struct gn_people_message m = {0};
	struct people_form f = people_form_read(row);
	walk(&f, &m);
	if (!people_form_read_all(&f))
		return GN_CORRUPT;
	*out = m;
	return GN_OK;
}

/* ---- words ---- */

const char *gn_people_trust_word(enum gn_people_trust trust)
{
	static const char *const words[] = {"unknown", "by name", "introduced", "linked", "met"};
	GN_ASSERT((size_t)trust < GN_COUNT(words));
	return words[trust];
}

static const char *const whys[GN_PEOPLE_WHY_COUNT][2] = {
	{"", ""},
	{"no device of theirs took it for 30 days", "send it again when they are back"},
	{"the keys of their devices cannot be found",
	 "they have been away too long: send it again when they are back"},
	{"no place that keeps their messages can be reached",
	 "check the connection; send it again"},
	{"the places that keep their messages refuse it",
	 "they may have blocked you, or too much waits for them: ask them another way"},
	{"it is too large", "shorten it, or send it as a file"},
	{"this device was taken out of your identity before anybody took it",
	 "say it on the device that took its place"},
};

const char *gn_people_why_text(enum gn_people_why why)
{
	GN_ASSERT((size_t)why < GN_PEOPLE_WHY_COUNT);
	return whys[why][0];
}

const char *gn_people_why_do(enum gn_people_why why)
{
	GN_ASSERT((size_t)why < GN_PEOPLE_WHY_COUNT);
	return whys[why][1];
}
