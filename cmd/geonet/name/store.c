/* A name's record from reading to putting: the present one is fetched and verified, its entries
 * are edited, both salts are signed anew. What a command does not change (entries, epoch,
 * puzzle, transfer) is kept. seq is at least the time in seconds, so that a name that was lost
 * and claimed again goes on from where it was. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/own.h"
#include "geonet/identity/resolve.h"
#include "geonet/name/name.h"
#include "wire/wire.h"

#include <stdlib.h>

#define PUZZLE_STEP 32768 /* tries between two looks at the clock */
/* beyond the known ones, when holders ask for more: what 256 names cost */
#define MORE_BITS 5

void name_free(struct name_state *s)
{
	free(s->bytes);
	for (size_t i = 0; i < s->made_count; i++)
		free(s->made[i]);
	free(s);
}

bool name_parse(struct cli *cli, const char *text, struct gn_name *out)
{
	const char *why = "";
	if (gn_name_parse(gn_str(text), out, &why) == GN_OK)
		return true;
	cli_fail(cli, CLI_USAGE, "text", "'%s' is not a name: %s", text, why);
	return false;
}

/* Whoever signs a delegated name is the owner of the one above it. */
static bool may_delegate(struct cli *cli, const struct gn_name *name, const struct gn_pk *self,
			 int *exit)
{
	struct gn_name parent;
	struct gn_pk owner;
	if (name->form != GN_NAME_DELEGATED)
		return true;
	*exit = CLI_FAILED;
	if (!gn_name_parent(name, &parent) || !owner_of(cli, parent.text, &owner, exit))
		return false;
	if (gn_pk_eq(&owner, self))
		return true;
	*exit = cli_fail(cli, CLI_FAILED, "denied",
			 "%s.geo is given by the owner of %s.geo, who is not you", name->text,
			 parent.text);
	return false;
}

/* A record that was found, at either place: the newer one is the present one, and each is what a
 * new one at its place replaces. Takes bytes. */
static int take_record(struct cli *cli, struct name_state *s, uint8_t *bytes, size_t len)
{
	struct gn_name_claim claim;
	struct gn_name_entry *entries = cli_alloc(sizeof s->entries);
	struct gn_pk owner;
	gn_err err = gn_name_open(gn_slice(bytes, len), &owner, &claim, entries);
	if (err) {
		free(entries);
		free(bytes);
		return cli_fail_err(cli, err, "the record of %s.geo", s->name.text);
	}
	struct gn_hash hash[2];
	for (size_t i = 0; i < 2; i++) /* each place has its own version */
		hash[i] = gn_hash_is_zero(&claim.before.hash[i]) ? s->claim.before.hash[i]
								 : claim.before.hash[i];
	if (!s->bytes || claim.seq > s->claim.seq) {
		free(s->bytes);
		s->bytes = bytes;
		s->owner = owner;
		s->claim = claim;
		memcpy(s->entries, entries, sizeof s->entries);
	} else {
		free(bytes);
	}
	memcpy(s->claim.before.hash, hash, sizeof hash);
	free(entries);
	return CLI_OK;
}

int name_load(struct cli *cli, const struct gn_name *name, const struct gn_pk *self,
	      struct name_state **out)
{
	struct name_state *s = cli_alloc(sizeof *s);
	size_t len = 0;
	unsigned holders;
	int exit = CLI_OK;
	s->name = *name;
	if (!may_delegate(cli, name, self, &exit)) {
		GN_ASSERT(exit != CLI_OK);
		name_free(s);
		return exit;
	}
	for (uint8_t salt = 0; salt < 2 && exit == CLI_OK; salt++) {
		struct gn_hash key;
		uint8_t *bytes = NULL;
		gn_name_key(name, name->form == GN_NAME_DELEGATED ? self : NULL, salt, &key);
		exit = record_fetch(cli, &key, 3, 0, &bytes, &len, &holders);
		if (exit == CLI_OK)
			exit = take_record(cli, s, bytes, len);
		exit = exit == CLI_NOT_FOUND ? CLI_OK : exit;
	}
	s->exists = s->bytes && exit == CLI_OK;
	s->claim.name = *name;
	s->claim.entries = s->entries;
	if (exit) {
		name_free(s);
		return exit;
	}
	*out = s;
	return CLI_OK;
}

int name_not_yours(struct cli *cli, const struct name_state *s)
{
	char pid[GN_PID_MAX];
	gn_pid(&s->owner, pid);
	return cli_fail(cli, CLI_FAILED, "exists", "%s.geo belongs to %s until %s", s->name.text,
			pid, out_time(s->claim.created + s->claim.ttl));
}

/* The record that was kept here when the name was last put, for a name that nobody shows any
 * more. */
static void take_kept(struct cli *cli, struct name_state *s)
{
	size_t len;
	json_t *names = own_names(cli);
	uint8_t *bytes =
		cli_unbase64(json_text(json_object_get(names, s->name.text), "record"), &len);
	if (bytes && len && take_record(cli, s, bytes, len) == CLI_OK) {
		s->exists = s->kept_here = true;
		s->claim.entries = s->entries;
	} else if (bytes && !len) {
		free(bytes);
	}
	json_decref(names);
}

/* Frees s on failure. */
static int name_must_be_own(struct cli *cli, const struct identity *id, struct name_state *s)
{
	int exit = CLI_OK;
	if (!s->exists)
		take_kept(cli, s);
	if (!s->exists)
		exit = cli_fail(cli, CLI_NOT_FOUND, "not-found",
				"nobody holds %s.geo; claim it with: geonet name claim %s",
				s->name.text, s->name.text);
	else if (!gn_pk_eq(&s->owner, &id->keys.sk.pk))
		exit = name_not_yours(cli, s);
	if (exit)
		name_free(s);
	return exit;
}

int name_load_own(struct cli *cli, const struct gn_name *name, const struct identity *id,
		  struct name_state **out)
{
	int exit = name_load(cli, name, &id->keys.sk.pk, out);
	return exit ? exit : name_must_be_own(cli, id, *out);
}

/* ---- entries ---- */

void name_drop_type(struct name_state *s, uint16_t type)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->claim.entry_count; i++)
		if (s->entries[i].type != type)
			s->entries[kept++] = s->entries[i];
	s->claim.entry_count = kept;
}

bool name_add_entry(struct cli *cli, struct name_state *s, uint16_t type, const char *value,
		    uint64_t ttl)
{
	const char *why = "";
	if (s->claim.entry_count == GN_NAME_ENTRIES || s->made_count == GN_NAME_ENTRIES) {
		cli_fail(cli, CLI_FAILED, "limit", "a name has at most %d entries",
			 GN_NAME_ENTRIES);
		return false;
	}
	char *text = s->made[s->made_count++] = cli_format("%s", value);
	struct gn_name_entry e = {.type = type, .value = gn_str(text), .ttl = (uint32_t)ttl};
	if (gn_name_entry_check(&e, &why) != GN_OK) {
		cli_fail(cli, CLI_USAGE, "usage", "%s=%s: %s", gn_name_type_text(type), value, why);
		return false;
	}
	s->entries[s->claim.entry_count++] = e;
	return true;
}

char *name_site_value(struct cli *cli, const struct identity *id, const char *text)
{
	const char *slash = strchr(text, '/');
	struct gn_pk owner = id->keys.sk.pk;
	int exit;
	if (slash) {
		char *who = cli_format("%.*s", (int)(slash - text), text);
		bool ok = owner_of(cli, who, &owner, &exit);
		free(who);
		if (!ok)
			return NULL;
	}
	return cli_format("%s/%s", out_hex(owner.b, sizeof owner.b), slash ? slash + 1 : text);
}

/* ---- signing and putting ---- */

static void solve_puzzle(struct cli *cli, struct name_state *s, const struct gn_pk *owner,
			 unsigned bits)
{
	struct gn_rand rand = gn_rand_system();
	uint64_t start = gn_rand_u64(&rand) >> 1, tried = 0;
	struct gn_name_work work = {&s->name, owner, s->claim.epoch};
	uint8_t *nonce = s->claim.puzzle;
	if (gn_name_puzzle(&work, bits, gn_be64(nonce), 1, nonce) == GN_OK)
		return; /* the work of this version is done */
	while (gn_name_puzzle(&work, bits, start + tried, PUZZLE_STEP, nonce) != GN_OK) {
		tried += PUZZLE_STEP;
		cli_progress(cli,
			     "solving the puzzle of %s.geo: %.1f million tries, about %.1f are "
			     "needed...",
			     s->name.text, (double)tried / 1e6,
			     (double)(UINT64_C(1) << bits) / 1e6);
	}
	cli_progress_done(cli);
}

void name_next_version(struct name_state *s, uint64_t ttl, bool new_owner)
{
	uint64_t now = cli_now();
	s->claim.seq = s->claim.seq + 1 > now ? s->claim.seq + 1 : now;
	s->claim.created = now;
	s->claim.ttl = (uint32_t)ttl;
	if (new_owner || s->claim.epoch + 1 < now / DAY) /* a renewal works again (NA-7) */
		s->claim.epoch = now / DAY;
}

/* ---- own names ---- */

/* Own names are kept in DATA: the network cannot be asked for all names of a person. The record
 * is kept with them, so that a name that nobody shows any more can be renewed with what it said. */
static void remember_name(struct cli *cli, const struct name_state *s, const char *pid,
			  const char *record)
{
	int lock = own_lock(cli);
	json_t *names = own_names(cli);
	json_object_set_new(names, s->name.text,
			    own_entry(pid, s->claim.seq, s->claim.created, s->claim.ttl, record));
	own_write(cli, OWN_NAMES, names);
	json_decref(names);
	own_unlock(lock);
}

/* ---- putting ---- */

/* Signs the records of both places; texts are the caller's. */
static int sign_both(struct cli *cli, const struct identity *id, struct name_state *s,
		     char *text[2])
{
	uint8_t *storage = cli_alloc(GN_RECORD_MAX);
	gn_err err = GN_OK;
	for (uint8_t salt = 0; salt < 2 && err == GN_OK; salt++) {
		struct gn_buf record = {storage, 0, GN_RECORD_MAX};
		err = gn_name_record(&id->keys.sk, &s->claim, salt, &record);
		text[salt] = err ? NULL : cli_base64(gn_buf_slice(&record));
	}
	free(storage);
	if (err == GN_VERSION)
		return cli_fail(cli, CLI_FAILED, gn_err_name(err),
				"a newer program wrote the record of %s.geo, and what it said "
				"would be lost; update geonet",
				s->name.text);
	return err ? cli_fail_err(cli, err, "the record of %s.geo cannot be made", s->name.text)
		   : CLI_OK;
}

static int send_both(struct cli *cli, const struct name_state *s, char *const text[2], uint64_t w,
		     struct reply *r)
{
	size_t len[2] = {0, 0};
	uint8_t *bytes[2] = {cli_unbase64(text[0], &len[0]), cli_unbase64(text[1], &len[1])};
	cli_progress(cli, "storing %s.geo at its two places...", s->name.text);
	struct gn_fb_name_put_args args = {.first = gn_slice(bytes[0], len[0]),
					   .second = gn_slice(bytes[1], len[1]),
					   .w = (uint8_t)w};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_NAME_PUT},
			  .args = &args};
	int exit = client_ask(cli, &ask, r);
	free(bytes[0]);
	free(bytes[1]);
	return exit;
}

/* Held at both places, by fewer nodes than was asked at one of them: at how many there; 0: not
 * so. */
static unsigned long long name_few(const struct reply *r)
{
	const json_t *receipts = r->err == GN_QUORUM ? json_object_get(r->json, "receipts") : NULL;
	json_int_t a = json_integer_value(json_array_get(receipts, 0)),
		   b = json_integer_value(json_array_get(receipts, 1));
	return (unsigned long long)(a < b ? a : b);
}

/* One try with this much work. */
static int put_with(struct cli *cli, const struct identity *id, struct name_state *s, unsigned bits,
		    uint64_t w, struct reply *r)
{
	char *text[2] = {NULL, NULL};
	if (bits)
		solve_puzzle(cli, s, &id->keys.sk.pk, bits);
	int exit = sign_both(cli, id, s, text);
	if (exit == CLI_OK)
		exit = send_both(cli, s, text, w, r);
	if ((exit == CLI_OK || name_few(r)) && s->name.form != GN_NAME_PID)
		remember_name(cli, s, id->pid, text[0]);
	free(text[0]);
	free(text[1]);
	return exit;
}

const char *name_places(const json_t *counts)
{
	static const char *const where[] = {"at each of its two places", "at one of its two places",
					    "at the other"};
	return out_two(counts, "node", "nodes", where);
}

int name_put(struct cli *cli, const struct identity *id, struct name_state *s, uint64_t w,
	     json_t **receipts)
{
	const char *why = "";
	if (s->name.form != GN_NAME_PID && gn_name_script(&s->name, &why) != GN_OK)
		return cli_fail(cli, CLI_USAGE, "usage", "%s.geo cannot be claimed: %s",
				s->name.text, why);
	json_t *own = own_names(cli);
	unsigned bits = gn_name_bits(&s->name, (uint32_t)json_object_size(own));
	json_decref(own);
	struct reply r = {0};
	int exit = put_with(cli, id, s, bits, w, &r);
	for (unsigned more = 1; bits && r.err == GN_PROOF_OF_WORK && more <= MORE_BITS; more++) {
		reply_free(&r); /* holders know of more names of this owner than are listed here */
		r = (struct reply){0};
		exit = put_with(cli, id, s, bits + more, w, &r);
	}
	if (exit == CLI_OK) {
		*receipts = json_incref(json_object_get(r.json, "receipts"));
		if (!s->exists)
			name_warn(cli, &s->name, r.json);
	} else if (name_few(&r)) {
		char *what = cli_format("%s.geo", s->name.text);
		record_few(cli, what, name_places(json_object_get(r.json, "receipts")),
			   name_few(&r));
		free(what);
	} else if (r.err) {
		char *what = cli_format("%s.geo was not stored", s->name.text);
		client_report(cli, &r, what);
		free(what);
	}
	reply_free(&r);
	return exit;
}

/* A record that need not change is left alone until half its time is over. */
static bool is_young(const struct name_state *s)
{
	return s->exists && cli_now() <= s->claim.created + s->claim.ttl / 2;
}

bool name_forget(struct cli *cli, const struct gn_name *name, uint64_t *expires)
{
	int lock = own_lock(cli);
	json_t *names = own_names(cli);
	*expires = json_number(json_object_get(names, name->text), "expires");
	bool listed = json_object_del(names, name->text) == 0;
	if (listed)
		own_write(cli, OWN_NAMES, names);
	json_decref(names);
	own_unlock(lock);
	return listed;
}

static bool term_is_over(struct cli *cli, const struct gn_name *name)
{
	json_t *own = own_names(cli);
	uint64_t until = json_number(json_object_get(own, name->text), "expires");
	json_decref(own);
	return until <= cli_now();
}

/* The name is another's: no own name any more, once that is more than what a few nodes say
 * (RN-4). */
static int renew_lost(struct cli *cli, const struct identity *id, struct name_state *s,
		      enum name_renewal *what)
{
	const struct gn_name_claim *c = &s->claim;
	char pid[GN_PID_MAX];
	uint64_t until;
	int exit = CLI_OK;
	gn_pid(&s->owner, pid);
	bool given = c->transferred && gn_pk_eq(&c->previous_owner, &id->keys.sk.pk);
	*what = given ? NAME_GIVEN : NAME_KEPT;
	if (given)
		cli_note(cli, "%s.geo was handed over to %s, who has it now", s->name.text, pid);
	else
		exit = name_not_yours(cli, s);
	if ((given || term_is_over(cli, &s->name)) && name_forget(cli, &s->name, &until))
		cli_note(cli, "%s.geo is no longer among the names claimed from here",
			 s->name.text);
	return exit;
}

int name_renew(struct cli *cli, const struct identity *id, const char *text, struct own_term term,
	       uint64_t *expires, enum name_renewal *what)
{
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	if (!name_parse(cli, text, &name))
		return CLI_USAGE;
	int exit = name_load(cli, &name, &id->keys.sk.pk, &s);
	if (exit)
		return exit;
	if (s->exists && !gn_pk_eq(&s->owner, &id->keys.sk.pk)) {
		exit = renew_lost(cli, id, s, what);
		*expires = s->claim.created + s->claim.ttl;
		name_free(s);
		return exit;
	}
	exit = name_must_be_own(cli, id, s);
	if (exit)
		return exit;
	*what = NAME_KEPT;
	if (term.force || s->kept_here || !is_young(s)) {
		name_next_version(s, term.ttl, false);
		exit = name_put(cli, id, s, term.w, &receipts);
		*what = NAME_RENEWED;
		json_decref(receipts);
	}
	*expires = s->claim.created + s->claim.ttl;
	name_free(s);
	return exit;
}

int name_point_to_site(struct cli *cli, const struct identity *id, const char *text,
		       const char *label, uint64_t w)
{
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	bool same = false;
	if (!name_parse(cli, text, &name))
		return CLI_USAGE;
	int exit = name_load(cli, &name, &id->keys.sk.pk, &s);
	if (exit)
		return exit;
	char *value = cli_format("%s/%s", out_hex(id->keys.sk.pk.b, 32), label);
	for (size_t i = 0; i < s->claim.entry_count; i++)
		same |= s->entries[i].type == GN_NAME_SITE &&
			gn_slice_eq(s->entries[i].value, gn_str(value));
	if (s->exists && !gn_pk_eq(&s->owner, &id->keys.sk.pk)) {
		exit = name_not_yours(cli, s);
	} else if (!same || !is_young(s)) {
		name_drop_type(s, GN_NAME_SITE);
		name_next_version(s, GN_NAME_TTL, !s->exists);
		exit = name_add_entry(cli, s, GN_NAME_SITE, value, ENTRY_TTL)
			       ? name_put(cli, id, s, w, &receipts)
			       : CLI_FAILED;
		json_decref(receipts);
	}
	free(value);
	name_free(s);
	return exit;
}

int name_publish_pid(struct cli *cli, const struct identity *id, bool first, uint64_t w)
{
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	if (!name_parse(cli, id->pid, &name))
		return CLI_FAILED;
	int exit = CLI_OK;
	if (first) {
		s = cli_alloc(sizeof *s);
		s->name = s->claim.name = name;
		s->claim.entries = s->entries;
	} else {
		exit = name_load(cli, &name, &id->keys.sk.pk, &s);
	}
	if (exit)
		return exit;
	if (!is_young(s)) {
		name_next_version(s, GN_NAME_TTL, !s->exists);
		exit = name_put(cli, id, s, w, &receipts);
		json_decref(receipts);
	}
	name_free(s);
	return exit;
}
