/* The engine as a state machine: bytes choose what people do, what comes and in which order, what
 * time it is, and what is forged; after each step it holds together, its rows open again, and the
 * devices that lie stay within their limits. Rules PE-2, PE-10..PE-34, PE-40..PE-58. */
#include "people/people_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { DESKS = 3, ROWS = 512, SENDS = 64 }; /* a and a' of one person, b */

struct row {
	struct gn_people_row is; /* bytes and content owned */
	struct gn_people_message m;
};
struct desk {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_pk owner, device;
	struct gn_people *p;
	struct row rows[ROWS];
	size_t count;
};
struct send {
	uint8_t *bytes; /* owned */
	size_t len;
	unsigned from;
};

static struct desk desks[DESKS];
static struct send sends[SENDS];
static size_t send_count;
static gn_time now;

static uint8_t *copy(struct gn_slice s)
{
	uint8_t *p = malloc(s.len ? s.len : 1);
	if (!p)
		abort();
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}

static bool due_after(const struct gn_people_message *m, const struct gn_people_find *f)
{
	uint64_t due = gn_people_due(m);
	if (due != f->due)
		return due > f->due;
	int c = memcmp(m->chat.b, f->chat.b, 32);
	if (c)
		return c > 0;
	if (m->mine != f->mine)
		return m->mine;
	return memcmp(m->id.b, f->id.b, 16) > 0;
}

static bool place_after(const struct gn_people_message *m, const struct gn_people_find *f)
{
	if (m->order != f->order)
		return m->order > f->order;
	if (m->sent != f->sent)
		return m->sent > f->sent;
	return memcmp(m->id.b, f->id.b, 16) > 0;
}

static bool matches(const struct row *r, const struct gn_people_find *f)
{
	if (f->kind == GN_PEOPLE_FIND_REGISTER)
		return r->is.kind == GN_PEOPLE_ROW_REGISTER && gn_slice_eq(r->is.key, f->key);
	if (r->is.kind != GN_PEOPLE_ROW_MESSAGE)
		return false;
	if (f->kind == GN_PEOPLE_FIND_DUE)
		return gn_people_due(&r->m) && due_after(&r->m, f);
	if (f->kind == GN_PEOPLE_FIND_ITEM) /* any own one */
		return r->m.mine && r->m.kind < GN_PEOPLE_GAP;
	if (!gn_hash_eq(&r->m.chat, &f->chat))
		return false;
	if (f->kind == GN_PEOPLE_FIND_UNREAD)
		return gn_people_unread(&r->m) && place_after(&r->m, f);
	return r->m.mine == f->mine && gn_content_id_eq(&r->m.id, &f->id);
}

static bool find(void *user, const struct gn_people_find *f, struct gn_people_found *out)
{
	struct desk *d = user;
	struct row *best = NULL;
	for (size_t i = 0; i < d->count; i++) {
		struct row *r = &d->rows[i];
		struct gn_people_find at = {.due = gn_people_due(&r->m),
					    .chat = r->m.chat,
					    .mine = r->m.mine,
					    .id = r->m.id,
					    .order = r->m.order,
					    .sent = r->m.sent};
		if (matches(r, f) &&
		    (!best || (f->kind == GN_PEOPLE_FIND_DUE ? due_after(&best->m, &at)
							     : place_after(&best->m, &at))))
			best = r;
	}
	if (!best)
		return false;
	out->bytes = best->is.bytes;
	out->content = f->whole ? best->is.content : gn_slice(NULL, 0);
	return true;
}

static void free_row(struct desk *d, size_t i)
{
	free((void *)(uintptr_t)d->rows[i].is.bytes.p);
	free((void *)(uintptr_t)d->rows[i].is.content.p);
	free((void *)(uintptr_t)d->rows[i].is.key.p);
	d->rows[i] = d->rows[--d->count];
}

static bool same(const struct row *r, const struct gn_people_row *row)
{
	if (r->is.kind != row->kind || !gn_hash_eq(&r->is.chat, &row->chat))
		return false;
	if (row->kind == GN_PEOPLE_ROW_MESSAGE)
		return r->m.mine == row->message->mine &&
		       gn_content_id_eq(&r->m.id, &row->message->id);
	return row->kind != GN_PEOPLE_ROW_REGISTER || gn_slice_eq(r->is.key, row->key);
}

/* False: the store is full, and the run ends. */
static bool store(struct desk *d, const struct gn_people_row *row)
{
	size_t i = 0;
	if (row->gone && row->kind == GN_PEOPLE_ROW_CONTACT) {
		for (i = d->count; i-- > 0;)
			if (d->rows[i].is.kind != GN_PEOPLE_ROW_REGISTER &&
			    gn_hash_eq(&d->rows[i].is.chat, &row->chat))
				free_row(d, i);
		return true;
	}
	while (i < d->count && !same(&d->rows[i], row))
		i++;
	if (row->gone) {
		if (i < d->count)
			free_row(d, i);
		return true;
	}
	if (i == ROWS)
		return false;
	struct row *r = &d->rows[i];
	struct gn_slice content = i < d->count ? r->is.content : gn_slice(NULL, 0);
	if (i == d->count) {
		d->count++;
	} else {
		free((void *)(uintptr_t)r->is.bytes.p);
		free((void *)(uintptr_t)r->is.key.p);
	}
	if (row->keep != GN_PEOPLE_KEEP) {
		free((void *)(uintptr_t)content.p);
		content = gn_slice(NULL, 0);
	}
	r->is = *row;
	r->is.bytes.p = copy(row->bytes);
	r->is.key.p = copy(row->key);
	r->is.content = content;
	if (row->keep == GN_PEOPLE_PUT)
		r->is.content = gn_slice(copy(row->content), row->content.len);
	if (row->kind == GN_PEOPLE_ROW_MESSAGE)
		GN_ASSERT(gn_people_message_open(r->is.bytes, &r->m) == GN_OK);
	return true;
}

static void keep_send(const struct gn_people_send *s, unsigned from)
{
	size_t at = send_count < SENDS ? send_count++ : (size_t)(s->id.b[1] % SENDS);
	if (sends[at].bytes)
		free(sends[at].bytes);
	sends[at] = (struct send){copy(s->content), s->content.len, from};
}

static void reopen(struct desk *d)
{
	struct gn_people_config config = {
		.owner = d->owner, .device = d->device, .find = find, .user = d};
	gn_people_free(d->p);
	GN_ASSERT(gn_people_new(&d->env, &config, &d->p) == GN_OK);
	for (int kind = GN_PEOPLE_ROW_OWN; kind <= GN_PEOPLE_ROW_CHAT; kind++)
		for (size_t i = 0; i < d->count; i++)
			if (d->rows[i].is.kind == (enum gn_people_row_kind)kind)
				GN_ASSERT(gn_people_load(d->p, d->rows[i].is.kind,
							 d->rows[i].is.bytes) == GN_OK);
}

static bool settle(unsigned number)
{
	struct desk *d = &desks[number];
	struct gn_people_row row;
	struct gn_people_send send;
	struct gn_people_event e;
	bool room = true;
	while (gn_people_next_row(d->p, &row))
		room = room && store(d, &row);
	while (gn_people_next_send(d->p, &send))
		keep_send(&send, number);
	while (gn_people_next_event(d->p, &e))
		GN_ASSERT(e.kind >= GN_PEOPLE_MESSAGE && e.kind <= GN_PEOPLE_ALARM_OWN);
	gn_people_validate(d->p);
	return room;
}

static void begin(void)
{
	now = (gn_time)1800000000 * GN_SEC;
	for (unsigned i = 0; i < DESKS; i++) {
		struct desk *d = &desks[i];
		*d = (struct desk){.owner.b = {(uint8_t)(1 + i / 2)},
				   .device.b = {(uint8_t)(10 + i)}};
		gn_alloc_heap(&d->alloc, 64u << 20);
		gn_prng_init(&d->prng, i + 1);
		d->rand = gn_prng_rand(&d->prng);
		d->env = (struct gn_env){.alloc = &d->alloc, .rand = &d->rand};
		reopen(d);
	}
}

static void end(void)
{
	for (unsigned i = 0; i < DESKS; i++) {
		gn_people_free(desks[i].p);
		desks[i].p = NULL;
		while (desks[i].count)
			free_row(&desks[i], 0);
		GN_ASSERT(desks[i].alloc.count == 0);
	}
	while (send_count)
		free(sends[--send_count].bytes);
	memset(sends, 0, sizeof sends);
}

/* ---- steps ---- */

/* The id of some message that the desk knows, or a new one. */
static struct gn_content_id some_id(struct desk *d, uint8_t which)
{
	struct gn_content_id id = {{which, 1}};
	for (size_t i = 0; i < d->count; i++)
		if (d->rows[i].is.kind == GN_PEOPLE_ROW_MESSAGE && which-- == 0)
			return d->rows[i].m.id;
	return id;
}

static struct gn_content some_content(struct gn_reader *r, struct desk *d, uint8_t ids[32])
{
	static uint8_t text[600];
	uint8_t kind = gn_read_u8(r) % 16, which = gn_read_u8(r);
	struct gn_content c = {.kind = (enum gn_content_kind)(kind % (GN_CONTENT_SYSTEM + 1))};
	struct gn_content_id id = some_id(d, which);
	memset(text, 'x', sizeof text);
	memcpy(ids, id.b, 16);
	ids[16] = which;
	c.id.b[0] = gn_read_u8(r);
	c.id.b[2] = 1;
	c.text = gn_slice(text, gn_read_u8(r) % 2 ? 5 : 600);
	c.ref.id = id;
	c.ref.sender.b[0] = which % 4;
	if (c.kind == GN_CONTENT_DELETE || c.kind == GN_CONTENT_RECEIPT)
		c.ids = (struct gn_content_ids){ids, 1};
	if (c.kind == GN_CONTENT_RECEIPT)
		c.u.read = which % 2;
	if (c.kind == GN_CONTENT_REACTION)
		c.u.emoji = gn_slice(text, which % 3);
	if (c.kind == GN_CONTENT_FILE)
		c.u.files.count = 1;
	if (c.kind == GN_CONTENT_PAYMENT)
		c.u.link = GN_LIT("geonet:pay");
	if (c.kind == GN_CONTENT_RESEND) {
		c.u.envelopes.p = ids;
		c.u.envelopes.count = which % 2;
		if (!c.u.envelopes.count)
			c.ids = (struct gn_content_ids){ids, 1};
	}
	if (c.kind == GN_CONTENT_SYSTEM) {
		c.u.system.kind = which % 3;
		c.u.system.number = gn_read_u8(r);
		c.text.len = 5;
	}
	if (c.kind == GN_CONTENT_SYNC) {
		c.u.sync.at[0] = (struct gn_content_register){GN_LIT("k"), GN_LIT("v"), which, 1};
		c.u.sync.count = 1;
		if (which % 2 && send_count) {
			const struct send *s = &sends[which % send_count];
			c.u.sync.copy_of = gn_slice(s->bytes, s->len);
			c.u.sync.person.b[0] = 1 + which % 3;
		}
	}
	return c;
}

static void recv(unsigned to, unsigned from, struct gn_slice bytes, uint8_t how)
{
	struct gn_people_in in = {.owner = desks[from].owner,
				  .device = desks[from].device,
				  .setup = how % 5 == 0,
				  .content = bytes};
	if (how % 7 == 6) /* somebody else */
		in.owner.b[1] = in.device.b[1] = how;
	if (how % 11 == 10) /* or another device of theirs */
		in.device.b[2] = how;
	if (to == from && gn_pk_eq(&in.device, &desks[to].device))
		return;
	gn_err err = gn_people_recv(desks[to].p, &in, now);
	GN_ASSERT(err == GN_OK || err == GN_MALFORMED || err == GN_PENDING || err == GN_USAGE);
}

static void forged(struct gn_reader *r, unsigned to, unsigned from)
{
	static uint8_t bytes[GN_CONTENT_MAX];
	uint8_t ids[32] = {0};
	struct gn_buf b = {bytes, 0, sizeof bytes};
	struct gn_content c = some_content(r, &desks[to], ids);
	uint8_t wild = gn_read_u8(r);
	c.sent = 1 + (uint64_t)wild * 1000000000000 % CONTENT_NUMBER_MAX;
	c.order = wild % 16 == 15 ? CONTENT_NUMBER_MAX : c.sent + wild;
	c.seq = gn_content_stays(c.kind) ? gn_read_u8(r) + 1u : 0;
	if (wild % 32 == 31 && c.seq)
		c.seq = CONTENT_NUMBER_MAX - c.seq;
	c.prev.b[0] = c.seq > 1;
	c.seen[0] = (struct gn_content_seen){gn_content_device(&desks[wild % DESKS].device),
					     1 + (uint64_t)wild * wild * wild};
	c.seen_count = wild % 2;
	c.me.seq = wild % 4;
	c.you.seq = wild % 3;
	c.me.hash[0] = wild % 3;
	if (gn_content_make(&c, &b) == GN_OK)
		recv(to, from, gn_buf_slice(&b), wild);
}

static void record(unsigned to, uint8_t what)
{
	struct gn_people_device devices[4];
	struct gn_people_version history = {.seq = what % 3};
	struct gn_people_identity id = {.owner.b = {1 + (what >> 2) % 3},
					.version.seq = what % 5,
					.history = &history,
					.history_count = what % 2,
					.devices = devices,
					.device_count = what % 4};
	id.version.hash.b[0] = (what >> 4) % 3;
	history.hash.b[0] = (what >> 4) % 2;
	if (what % 16 == 15)
		id.instead_of.b[0] = 2;
	if (what % 16 == 14)
		id.old_owner.b[0] = 2;
	for (unsigned i = 0; i < 4; i++)
		devices[i] = (struct gn_people_device){.key.b = {(uint8_t)(10 + (what + i) % 5)}};
	gn_err err = gn_pk_eq(&id.owner, &desks[to].p->config.owner)
			     ? gn_people_me(desks[to].p, &id, now)
			     : gn_people_identity(desks[to].p, &id, now);
	(void)err;
}

static gn_err person_does(struct gn_reader *r, struct desk *d)
{
	struct gn_pk whom = {{(uint8_t)(1 + gn_read_u8(r) % 3)}};
	uint8_t what = gn_read_u8(r), more = gn_read_u8(r), ids[32] = {0};
	bool flag = more % 2;
	struct gn_content_box box = {.box.b = {1}, .until = more};
	struct gn_people_change change = {.cleared = more % 3 == 0};
	struct gn_people_invite invite = {.secret = {more}, .uses = 2, .until = UINT64_C(1) << 40};
	struct gn_content_id id = some_id(d, more);
	struct gn_people_contact c;
	struct gn_hash chat = {{0}}, item = {{more}};
	if (gn_people_get(d->p, &whom, &c) == GN_OK)
		chat = *c.chat;
	switch (what % 16) {
	case 0: return gn_people_add(d->p, &(struct gn_people_add){.owner = whom}, now);
	case 1: return gn_people_answer(d->p, &whom, flag, now);
	case 2: return gn_people_remove(d->p, &whom, now);
	case 3: change.blocked = &flag; return gn_people_change(d->p, &whom, &change, now);
	case 4: change.reads = &flag; return gn_people_change(d->p, &whom, &change, now);
	case 5: return gn_people_box(d->p, &whom, &box, now);
	case 6: return gn_people_read(d->p, &whom, (uint64_t)more << 48, now);
	case 7: return gn_people_expire(d->p, &whom, more, now);
	case 8: return gn_people_set(d->p, GN_LIT("k"), gn_slice(&more, 1), now);
	case 9: return gn_people_invite(d->p, &invite, now);
	case 10: return gn_people_stored(d->p, &chat, &id, more % 9, 8, now);
	case 11: return gn_people_failed(d->p, &chat, &id, (enum gn_people_why)(more % 7), now);
	case 12: return gn_people_retry(d->p, &chat, &id, now);
	case 13: {
		struct gn_pk device = {{(uint8_t)(10 + more % 5)}};
		return gn_people_unopened(d->p, &whom, &device, &item, now);
	}
	default: {
		struct gn_content say = some_content(r, d, ids);
		say.id.b[1] = more;
		return gn_people_say(d->p, &whom, &say, now);
	}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	begin();
	for (unsigned steps = 0; gn_reader_left(&r) && steps < 300; steps++) {
		uint8_t what = gn_read_u8(&r);
		unsigned to = what % DESKS, from = gn_read_u8(&r) % DESKS;
		uint64_t before = desks[to].p->counters[PEOPLE_C_TAKEN];
		switch (what / DESKS % 8) {
		case 0:
		case 1:
			if (send_count) {
				const struct send *s = &sends[gn_read_u8(&r) % send_count];
				recv(to, s->from, gn_slice(s->bytes, s->len), 1 + what % 2);
			}
			break;
		case 2: forged(&r, to, from); break;
		case 3: record(to, gn_read_u8(&r)); break;
		case 4: now += (gn_time)gn_read_u8(&r) * gn_read_u8(&r) * GN_SEC; break;
		case 5:
			if (gn_people_tick(desks[to].p, now) != GN_OK)
				GN_UNREACHABLE("a tick that fails");
			break;
		default: {
			gn_err err = person_does(&r, &desks[to]);
			GN_ASSERT(err != GN_NOMEM && err != GN_INTERNAL && err != GN_CORRUPT);
		}
		}
		if (what % 64 == 63) { /* a crash before it was stored */
			reopen(&desks[to]);
			continue;
		}
		GN_ASSERT(desks[to].p->counters[PEOPLE_C_TAKEN] - before <= 2);
		if (!settle(to))
			break;
		if (what % 32 == 31)
			reopen(&desks[to]);
	}
	end();
	return 0;
}
