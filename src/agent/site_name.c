/* The name that leads to a site. One that the person has (alice.geo) gets a SITE entry; without one
 * the default site is found by the PID, whose own record set must be there, and another by
 * LABEL.PID, which only its owner can sign and which needs no work.
 *
 *   begin -> load: its two places -> (work, some in each turn) -> sign -> put, after the head
 *
 * What the record says beside the SITE entry stays. Rule AG-134. */
#include "agent/site_int.h"

#include <stdio.h>
#include <stdlib.h>

#define RECORD_KIND(name) {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_##name}
#define DAY 86400u
#define ENTRY_TTL 3600u /* seconds a resolver may keep an entry */

static const struct gn_app_kind record_get = RECORD_KIND(RECORD_GET),
				name_put = RECORD_KIND(NAME_PUT);

struct agent_site_name {
	struct gn_name name;
	bool given, exists, kept; /* given: by the person; kept: what is there need not change */
	uint8_t salt;
	struct gn_pk owner;
	struct gn_name_claim claim;
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	uint8_t *bytes; /* owned: the newest that was found */
	char value[GN_RECORD_LABEL_MAX + 80];
	unsigned bits;
	bool works;
	uint64_t start;
	uint8_t *records[2]; /* owned */
	size_t lens[2];
};

static void free_name(struct agent_site_name *n)
{
	for (unsigned i = 0; i < 2; i++) {
		free(n->records[i]);
	}
	free(n->bytes);
	free(n);
}

bool agent_site_own_name(const struct gn_agent *a, const char *label, struct gn_name *out)
{
	char pid[GN_PID_MAX], text[GN_PID_MAX + GN_RECORD_LABEL_MAX + 2];
	gn_pid(&a->owner, pid);
	snprintf(text, sizeof text, "%s%s%s", label, *label ? "." : "", pid);
	return !strchr(label, '.') && gn_name_parse(gn_str(text), out, NULL) == GN_OK;
}

void agent_site_url(const struct gn_agent *a, const struct gn_name *name, char out[400])
{
	char host[GN_NAME_HOST_MAX];
	gn_name_host(name, host);
	out[0] = 0;
	if (a->node.http)
		snprintf(out, 400, "http://%s.geo.localhost:%u/", host, a->node.http);
}

const char *agent_site_name_text(const struct agent_site_work *w)
{
	return w->name ? w->name->name.text : "";
}

bool agent_site_name_begin(struct agent_site_work *w, struct gn_slice text)
{
	struct gn_name name;
	const char *why = "";
	char hex[65];
	if (text.len && gn_name_parse(text, &name, &why) != GN_OK) {
		agent_site_fail(w, GN_TEXT, "'%.*s' is not a name: %s",
				(int)(text.len < 100 ? text.len : 100), (const char *)text.p, why);
		return false;
	}
	if (!text.len && !agent_site_own_name(w->agent, w->label, &name))
		return true; /* it has none: the tool gets it by its label */
	w->name = calloc(1, sizeof *w->name);
	if (!w->name) {
		agent_site_fail(w, GN_NOMEM, "%s", "");
		return false;
	}
	w->name_free = free_name;
	struct agent_site_name *n = w->name;
	n->name = name;
	n->given = text.len > 0;
	n->claim.name = name;
	n->claim.entries = n->entries;
	n->start = gn_rand_u64(&w->agent->host.rand) >> 1;
	gn_hex(GN_SLICE(w->agent->owner.b), hex);
	snprintf(n->value, sizeof n->value, "%s/%s", hex, w->label);
	return true;
}

/* ---- what is there ---- */

/* A record that was found: the newer one is the present one, and each is what the new one at its
 * place replaces. */
static void take_record(struct agent_site_name *n, struct gn_slice record)
{
	struct gn_name_claim claim;
	struct gn_name_entry *entries = calloc(GN_NAME_ENTRIES, sizeof *entries);
	uint8_t *copy = malloc(record.len + 1);
	struct gn_pk owner;
	if (!entries || !copy || !record.len)
		goto drop;
	memcpy(copy, record.p, record.len);
	if (gn_name_open(gn_slice(copy, record.len), &owner, &claim, entries) != GN_OK ||
	    strcmp(claim.name.text, n->name.text) != 0)
		goto drop;
	struct gn_hash hash[2];
	for (size_t i = 0; i < 2; i++) /* each place has its own version */
		hash[i] = gn_hash_is_zero(&claim.before.hash[i]) ? n->claim.before.hash[i]
								 : claim.before.hash[i];
	if (!n->exists || claim.seq > n->claim.seq) {
		free(n->bytes);
		n->bytes = copy;
		copy = NULL;
		n->owner = owner;
		n->claim = claim;
		memcpy(n->entries, entries, sizeof n->entries);
		n->claim.entries = n->entries;
		n->exists = true;
	}
	memcpy(n->claim.before.hash, hash, sizeof hash);
drop:
	free(entries);
	free(copy);
}

static bool points_elsewhere(const struct agent_site_name *n)
{
	bool here = false, there = false;
	for (size_t i = 0; i < n->claim.entry_count; i++) {
		bool same = gn_slice_eq(n->entries[i].value, gn_str(n->value));
		here |= n->entries[i].type == GN_NAME_SITE && same;
		there |= n->entries[i].type == GN_NAME_SITE && !same;
	}
	return there && !here;
}

static void loaded(struct agent_site_work *w)
{
	struct agent_site_name *n = w->name;
	uint64_t now = agent_unix(w->agent);
	char pid[GN_PID_MAX];
	bool same = n->name.form == GN_NAME_PID && !n->given;
	if (n->exists && !gn_pk_eq(&n->owner, &w->agent->owner)) {
		gn_pid(&n->owner, pid);
		agent_site_fail(w, GN_EXISTS, "%.100s.geo belongs to %s", n->name.text, pid);
		return;
	}
	if (n->given && !n->exists && n->name.form != GN_NAME_PID) {
		agent_site_fail(w, GN_NOT_FOUND,
				"nobody holds %.100s.geo; claim it first: geonet name claim %.100s",
				n->name.text, n->name.text);
		return;
	}
	if (!n->given && points_elsewhere(n)) { /* that of a label written in other letters */
		free_name(n);
		w->name = NULL;
		w->next(w, GN_OK, gn_slice(NULL, 0));
		return;
	}
	for (size_t i = 0; i < n->claim.entry_count; i++)
		same |= n->entries[i].type == GN_NAME_SITE &&
			gn_slice_eq(n->entries[i].value, gn_str(n->value));
	n->kept = same && n->exists && now <= n->claim.created + n->claim.ttl / 2;
	if (n->kept) {
		w->next(w, GN_OK, gn_slice(NULL, 0));
		return;
	}
	size_t kept = 0;
	bool points = n->name.form != GN_NAME_PID || n->given;
	for (size_t i = 0; i < n->claim.entry_count; i++)
		if (n->entries[i].type != GN_NAME_SITE || !points)
			n->entries[kept++] = n->entries[i];
	if (points && kept == GN_NAME_ENTRIES) {
		agent_site_fail(w, GN_LIMIT, "%.100s.geo has 64 entries, as many as it may",
				n->name.text);
		return;
	}
	if (points)
		n->entries[kept++] =
			(struct gn_name_entry){GN_NAME_SITE, gn_str(n->value), ENTRY_TTL};
	n->claim.entry_count = kept;
	n->claim.seq = n->claim.seq + 1 > now ? n->claim.seq + 1 : now;
	n->claim.created = now;
	n->claim.ttl = GN_NAME_TTL;
	if (!n->exists || n->claim.epoch + 1 < now / DAY) /* a renewal works again (NA-7) */
		n->claim.epoch = now / DAY;
	n->bits = gn_name_bits(&n->name, 0);
	n->works = n->bits > 0;
	if (!n->works)
		w->next(w, GN_OK, gn_slice(NULL, 0));
}

static void ask_place(struct agent_site_work *w);

static void on_record(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	if (e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == record_get.area &&
	    e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_VALUES) {
		struct gn_fb_record_values t = {e->table};
		for (uint32_t i = 0; i < gn_fb_record_values_values_len(t); i++)
			take_record(w->name,
				    gn_fb_record_value_record(gn_fb_record_values_values_at(t, i)));
	}
	if (!agent_site_over(w, e))
		return;
	if (e->what == GN_HOST_CLIENT_FAILED && e->fault.err != GN_NOT_FOUND)
		agent_site_fail(w, e->fault.err, "the record of %.100s.geo could not be read",
				w->name->name.text);
	else if (++w->name->salt < 2)
		ask_place(w);
	else
		loaded(w);
}

static void ask_place(struct agent_site_work *w)
{
	struct agent_site_name *n = w->name;
	struct gn_fbb *b = agent_site_builder(w);
	struct gn_hash place;
	struct gn_fb_hash key;
	if (!b)
		return;
	gn_name_key(&n->name, n->name.form == GN_NAME_DELEGATED ? &w->agent->owner : NULL, n->salt,
		    &place);
	memcpy(key.b, place.b, sizeof key.b);
	struct gn_fb_record_get_args args = {
		.key = &key, .type = GN_FB_RECORD_TYPE_NAME, .local = true};
	agent_site_ask(w, record_get, gn_fb_record_get_make(b, &args), SITE_READ_MS, on_record);
}

void agent_site_name_load(struct agent_site_work *w)
{
	if (w->name)
		ask_place(w);
	else
		w->next(w, GN_OK, gn_slice(NULL, 0));
}

/* ---- its work ---- */

bool agent_site_name_works(const struct agent_site_work *w)
{
	return w->name && w->name->works;
}

void agent_site_name_turn(struct agent_site_work *w)
{
	struct agent_site_name *n = w->name;
	struct gn_name_work work = {&n->name, &w->agent->owner, n->claim.epoch};
	uint8_t *nonce = n->claim.puzzle;
	/* that of the version before may do */
	bool done = gn_name_puzzle(&work, n->bits, gn_be64(nonce), 1, nonce) == GN_OK ||
		    gn_name_puzzle(&work, n->bits, n->start, AGENT_WORK_TRIES, nonce) == GN_OK;
	n->start += AGENT_WORK_TRIES;
	if (!done)
		return;
	n->works = false;
	w->next(w, GN_OK, gn_slice(NULL, 0));
}

/* ---- signed and put ---- */

gn_err agent_site_name_sign(struct agent_site_work *w)
{
	struct agent_site_name *n = w->name;
	if (!n || n->kept)
		return GN_OK;
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf out = {malloc(GN_RECORD_MAX), 0, GN_RECORD_MAX};
		if (!out.p)
			return GN_NOMEM;
		free(n->records[salt]);
		n->records[salt] = out.p;
		GN_TRY(gn_name_record(&w->sk, &n->claim, salt, &out));
		n->lens[salt] = out.len;
	}
	return GN_OK;
}

static void on_stored(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct gn_fb_name_stored t = {e->table};
	if (!agent_site_over(w, e))
		return;
	bool is = e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == name_put.area &&
		  e->kind.member == GN_FB_APP_RECORD_BODY_NAME_STORED;
	uint16_t code = is ? gn_fb_name_stored_code(t) : GN_PROTOCOL;
	gn_err err = e->what == GN_HOST_CLIENT_FAILED ? e->fault.err
		     : code < GN_ERR_COUNT            ? (gn_err)code
						      : GN_INTERNAL;
	if (is && err == GN_QUORUM && gn_fb_name_stored_held_0(t) && gn_fb_name_stored_held_1(t))
		err = GN_OK; /* by fewer than was asked, and found all the same */
	w->next(w, err, gn_slice(NULL, 0));
}

void agent_site_name_put(struct agent_site_work *w)
{
	struct agent_site_name *n = w->name;
	if (!n || n->kept) {
		w->next(w, GN_OK, gn_slice(NULL, 0));
		return;
	}
	if (!gn_agent_link_is_up(w->agent->link)) {
		w->next(w, GN_CLOSED, gn_slice(NULL, 0));
		return;
	}
	struct gn_fb_name_put_args args = {.first = gn_slice(n->records[0], n->lens[0]),
					   .second = gn_slice(n->records[1], n->lens[1])};
	struct gn_fbb *b = gn_agent_link_builder(w->agent->link);
	gn_err err = gn_agent_link_call(w->agent->link, name_put, gn_fb_name_put_make(b, &args),
					SITE_READ_MS, on_stored, w, &w->call);
	if (err) {
		w->call = 0;
		w->next(w, err, gn_slice(NULL, 0));
	}
}
