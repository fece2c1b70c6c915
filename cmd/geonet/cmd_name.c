/* Names: claim, point somewhere, renew, hand over, resolve. Records are made and signed here; the node only carries them.
 *
 * A change reads the present record first (its entries, seq, epoch and puzzle are kept), edits it and signs both salts anew. seq is at least
 * the time in seconds, so that a name that was lost and claimed again goes on from where it was. */
#include "cli.h"
#include "services/names.h"
#include "wire/wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY 86400u
#define ENTRY_TTL 3600      /* seconds a resolver may keep an entry, by default */
#define PUZZLE_STEP 32768   /* tries between two looks at the clock */
#define NAMES_FILE_MAX (1u << 20)

struct name_state {
	struct gn_name name;
	bool exists;
	struct gn_pk owner; /* of the present record */
	struct gn_name_claim claim;
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	uint8_t *bytes;      /* the present record, which slices point into */
	char *made[GN_NAME_ENTRIES]; /* texts of new entries */
	size_t made_count;
};

static void state_free(struct name_state *s)
{
	free(s->bytes);
	for (size_t i = 0; i < s->made_count; i++)
		free(s->made[i]);
	free(s);
}

static bool parse_name(struct cli *cli, const char *text, struct gn_name *out)
{
	const char *why = "";
	if (gn_name_parse(gn_str(text), out, &why) == GN_OK)
		return true;
	cli_fail(cli, CLI_USAGE, "text", "'%s' is not a name: %s", text, why);
	return false;
}

/* Whoever signs a delegated name is the owner of the one above it. */
static bool may_delegate(struct cli *cli, const struct gn_name *name, const struct gn_pk *self, int *exit)
{
	struct gn_name parent;
	struct gn_pk owner;
	if (name->form != GN_NAME_DELEGATED)
		return true;
	*exit = CLI_FAILED;
	if (!gn_name_parent(name, &parent) || !owner_of(cli, parent.text, &owner, exit))
		return false;
	if (memcmp(&owner, self, sizeof owner) == 0)
		return true;
	*exit = cli_fail(cli, CLI_FAILED, "denied", "%s.geo is given by the owner of %s.geo, who is not you", name->text, parent.text);
	return false;
}

/* The present record of a name, or exists = false. */
static int load(struct cli *cli, const struct gn_name *name, const struct gn_pk *self, struct name_state **out)
{
	struct name_state *s = cli_alloc(sizeof *s);
	size_t len = 0;
	unsigned holders;
	int exit = CLI_OK;
	s->name = *name;
	if (!may_delegate(cli, name, self, &exit)) {
		state_free(s);
		return exit;
	}
	for (uint8_t salt = 0; salt < 2 && !s->bytes && exit == CLI_OK; salt++) {
		struct gn_hash key;
		gn_name_key(name, name->form == GN_NAME_DELEGATED ? self : NULL, salt, &key);
		exit = record_fetch(cli, &key, 3, 0, &s->bytes, &len, &holders);
		exit = exit == CLI_NOT_FOUND ? CLI_OK : exit;
	}
	s->exists = s->bytes && exit == CLI_OK;
	if (s->exists) {
		gn_err err = gn_name_open(gn_slice(s->bytes, len), &s->owner, &s->claim, s->entries);
		if (err)
			exit = cli_fail_err(cli, err, "the record of %s.geo", name->text);
	}
	s->claim.name = *name;
	s->claim.entries = s->entries;
	if (exit) {
		state_free(s);
		return exit;
	}
	*out = s;
	return CLI_OK;
}

static int not_yours(struct cli *cli, const struct name_state *s)
{
	char pid[GN_PID_MAX];
	gn_pid(&s->owner, pid);
	return cli_fail(cli, CLI_FAILED, "exists", "%s.geo belongs to %s until %s", s->name.text, pid, out_time(s->claim.created + s->claim.ttl));
}

static int load_own(struct cli *cli, const struct gn_name *name, const struct identity *id, struct name_state **out)
{
	int exit = load(cli, name, &id->keys.sk.pk, out);
	if (exit)
		return exit;
	if (!(*out)->exists)
		exit = cli_fail(cli, CLI_NOT_FOUND, "not-found", "nobody holds %s.geo; claim it with: geonet name claim %s", name->text, name->text);
	else if (memcmp(&(*out)->owner, &id->keys.sk.pk, sizeof(struct gn_pk)) != 0)
		exit = not_yours(cli, *out);
	if (exit)
		state_free(*out);
	return exit;
}

/* ---- entries ---- */

static void drop_type(struct name_state *s, uint16_t type)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->claim.entry_count; i++)
		if (s->entries[i].type != type)
			s->entries[kept++] = s->entries[i];
	s->claim.entry_count = kept;
}

static bool add_entry(struct cli *cli, struct name_state *s, uint16_t type, const char *value, uint64_t ttl)
{
	const char *why = "";
	if (s->claim.entry_count == GN_NAME_ENTRIES || s->made_count == GN_NAME_ENTRIES) {
		cli_fail(cli, CLI_FAILED, "limit", "a name has at most %d entries", GN_NAME_ENTRIES);
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

/* "LABEL" of one's own site, "OWNER/LABEL" of another's: the value of a SITE entry. */
static char *site_value(struct cli *cli, const struct identity *id, const char *text)
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

/* Applies "TYPE=VALUE" words: what they name replaces all entries of that type, an empty value removes them. */
static bool edit(struct cli *cli, struct name_state *s, const struct identity *id, int from, uint64_t ttl)
{
	uint16_t seen[CLI_ARGS_MAX];
	int seen_count = 0;
	for (int i = from; i < cli->arg_count; i++) {
		const char *word = cli->args[i], *equals = strchr(word, '=');
		char upper[24] = "";
		uint16_t type;
		for (size_t k = 0; equals && word + k < equals && k < sizeof upper - 1; k++)
			upper[k] = (char)toupper((unsigned char)word[k]);
		if (!equals || gn_name_type_parse(gn_str(upper), &type) != GN_OK) {
			cli_fail(cli, CLI_USAGE, "usage", "'%s' is not TYPE=VALUE with a type of A, AAAA, CNAME, TXT, MX, SRV, HTTPS, CAA, PID, SITE, CHAT, MAIL, MAILBOX, WALLET",
			         word);
			return false;
		}
		bool known = false;
		for (int k = 0; k < seen_count; k++)
			known |= seen[k] == type;
		if (!known) {
			drop_type(s, type);
			seen[seen_count++] = type;
		}
		if (!equals[1] && type != GN_NAME_SITE)
			continue;
		char *value = type == GN_NAME_SITE ? site_value(cli, id, equals + 1) : cli_format("%s", equals + 1);
		bool ok = value && add_entry(cli, s, type, value, ttl);
		free(value);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- signing and putting ---- */

static bool solve(struct cli *cli, struct name_state *s, const struct gn_pk *owner)
{
	struct gn_rand rand = gn_rand_system();
	uint64_t start = gn_rand_u64(&rand) >> 1, tried = 0;
	if (s->name.form != GN_NAME_GLOBAL)
		return true;
	while (gn_name_puzzle(&s->name, owner, s->claim.epoch, start + tried, PUZZLE_STEP, s->claim.puzzle) != GN_OK) {
		tried += PUZZLE_STEP;
		cli_progress(cli, "solving the puzzle of %s.geo: %.1f million tries, about %.1f are needed...", s->name.text, (double)tried / 1e6,
		             (double)(1u << GN_NAME_POW_BITS) / 1e6);
	}
	cli_progress_done(cli);
	return true;
}

static void next_version(struct name_state *s, uint64_t ttl)
{
	uint64_t now = cli_now();
	s->claim.seq = s->claim.seq + 1 > now ? s->claim.seq + 1 : now;
	s->claim.created = now;
	s->claim.ttl = (uint32_t)ttl;
}

static char *names_path(const struct cli *cli)
{
	return cli_format("%s/names.json", cli->data);
}

/* Own names are kept in DATA/names.json: the network cannot be asked for all names of a person. */
static void remember(struct cli *cli, const struct name_state *s, const char *pid)
{
	char *path = names_path(cli), *text;
	json_t *names = json_load_file(path, 0, NULL);
	if (!json_is_object(names)) {
		json_decref(names);
		names = json_object();
	}
	json_object_set_new(names, s->name.text, json_pack("{ss sI sI}", "owner", pid, "seq", (json_int_t)s->claim.seq, "expires",
	                                                   (json_int_t)(s->claim.created + s->claim.ttl)));
	text = json_dumps(names, JSON_INDENT(2) | JSON_SORT_KEYS);
	if (text)
		write_file(cli, path, gn_str(text), 0600, true);
	free(text);
	free(path);
	json_decref(names);
}

/* Both records signed and put; *receipts from the answer (the caller's reference). */
static int sign_and_put(struct cli *cli, const struct identity *id, struct name_state *s, uint64_t w, json_t **receipts)
{
	char *text[2] = {NULL, NULL}, *body = NULL, *what = cli_format("%s.geo was not stored", s->name.text);
	uint8_t *storage = cli_alloc(GN_RECORD_MAX);
	struct reply r = {0};
	int exit = CLI_OK;
	for (uint8_t salt = 0; salt < 2 && exit == CLI_OK; salt++) {
		struct gn_buf record = {storage, 0, GN_RECORD_MAX};
		gn_err err = gn_name_record(&id->keys.sk, &s->claim, salt, &record);
		if (err)
			exit = cli_fail_err(cli, err, "the record of %s.geo cannot be made", s->name.text);
		else
			text[salt] = base64_text(gn_buf_slice(&record));
	}
	if (exit == CLI_OK) {
		body = cli_format("{\"salt0\": \"%s\", \"salt1\": \"%s\"}", text[0], text[1]);
		cli_progress(cli, "storing %s.geo at its two places...", s->name.text);
		struct call call = {.method = "POST", .path = cli_format("/api/v1/names?w=%llu", (unsigned long long)w), .body = gn_str(body), .type = "application/json"};
		exit = client_must(cli, call, &r, what);
	}
	if (exit == CLI_OK) {
		*receipts = json_incref(json_object_get(r.json, "receipts"));
		remember(cli, s, id->pid);
	}
	reply_free(&r);
	free(text[0]);
	free(text[1]);
	free(body);
	free(what);
	free(storage);
	return exit;
}

static int tell_put(struct cli *cli, const struct identity *id, const struct name_state *s, json_t *receipts)
{
	unsigned long long a = (unsigned long long)json_integer_value(json_array_get(receipts, 0)), b = (unsigned long long)json_integer_value(json_array_get(receipts, 1));
	uint64_t expires = s->claim.created + s->claim.ttl;
	if (cli->json)
		return cli_json(cli, json_pack("{ss ss sI sI so*}", "name", s->name.text, "owner", id->pid, "seq", (json_int_t)s->claim.seq, "expires",
		                               (json_int_t)expires, "receipts", receipts));
	json_decref(receipts);
	cli_note(cli, "%s.geo is yours until %s (%llu + %llu holders signed for it)", s->name.text, out_time(expires), a, b);
	return CLI_OK;
}

static bool common_numbers(struct cli *cli, uint64_t *w, uint64_t *ttl, uint64_t *entry_ttl)
{
	*w = 0;
	*ttl = GN_NAME_TTL;
	*entry_ttl = ENTRY_TTL;
	return cli_number(cli, "w", 1, 8, w) && cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, ttl) &&
	       (!entry_ttl || cli_number(cli, "entry-ttl", 0, GN_RECORD_TTL_MAX, entry_ttl));
}

static bool edit_options(struct cli *cli, struct name_state *s, const struct identity *id, uint64_t entry_ttl)
{
	const char *site = cli_option(cli, "site"), *txt;
	if (site) {
		char *value = site_value(cli, id, site);
		drop_type(s, GN_NAME_SITE);
		bool ok = value && add_entry(cli, s, GN_NAME_SITE, value, entry_ttl);
		free(value);
		if (!ok)
			return false;
	}
	if (cli_option(cli, "txt"))
		drop_type(s, GN_NAME_TXT);
	for (int i = 0; (txt = cli_option_at(cli, "txt", i)); i++)
		if (!add_entry(cli, s, GN_NAME_TXT, txt, entry_ttl))
			return false;
	return edit(cli, s, id, 1, entry_ttl);
}

/* claim and set: the present record or a new one, edited, signed, put. */
static int change(struct cli *cli, bool claim)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w, ttl, entry_ttl;
	if (!common_numbers(cli, &w, &ttl, &entry_ttl) || !parse_name(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	bool may_make = claim || name.form != GN_NAME_GLOBAL; /* one's own PID and names below one's own need no claim */
	int exit = may_make ? load(cli, &name, &id.keys.sk.pk, &s) : load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		bool fresh = !s->exists;
		if (s->exists && memcmp(&s->owner, &id.keys.sk.pk, sizeof s->owner) != 0)
			exit = not_yours(cli, s);
		else if (!edit_options(cli, s, &id, entry_ttl))
			exit = CLI_USAGE;
		next_version(s, ttl);
		if (fresh)
			s->claim.epoch = s->claim.created / DAY;
		if (exit == CLI_OK && (!fresh || solve(cli, s, &id.keys.sk.pk)))
			exit = sign_and_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		state_free(s);
	}
	identity_wipe(&id);
	return exit;
}

int cmd_name_claim(struct cli *cli)
{
	return change(cli, true);
}

int cmd_name_set(struct cli *cli)
{
	return change(cli, false);
}

int cmd_name_renew(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w = 0, ttl = GN_NAME_TTL;
	if (!cli_number(cli, "w", 1, 8, &w) || !cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &ttl) || !parse_name(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		next_version(s, ttl);
		exit = sign_and_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		state_free(s);
	}
	identity_wipe(&id);
	return exit;
}

int name_point_to_site(struct cli *cli, const struct identity *id, const char *text, const char *label, uint64_t w)
{
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	if (!parse_name(cli, text, &name))
		return CLI_USAGE;
	int exit = load(cli, &name, &id->keys.sk.pk, &s);
	if (exit)
		return exit;
	bool fresh = !s->exists;
	char *value = cli_format("%s/%s", out_hex(id->keys.sk.pk.b, 32), label);
	bool same = false;
	for (size_t i = 0; i < s->claim.entry_count; i++)
		same |= s->entries[i].type == GN_NAME_SITE && gn_slice_eq(s->entries[i].value, gn_str(value));
	if (s->exists && memcmp(&s->owner, &id->keys.sk.pk, sizeof s->owner) != 0) {
		exit = not_yours(cli, s);
	} else if (!same || cli_now() > s->claim.created + s->claim.ttl / 2) { /* renewed on the way when half its time is over */
		drop_type(s, GN_NAME_SITE);
		exit = add_entry(cli, s, GN_NAME_SITE, value, ENTRY_TTL) ? CLI_OK : CLI_FAILED;
		next_version(s, GN_NAME_TTL);
		if (fresh)
			s->claim.epoch = s->claim.created / DAY;
		if (exit == CLI_OK && (!fresh || solve(cli, s, &id->keys.sk.pk)))
			exit = sign_and_put(cli, id, s, w, &receipts);
		json_decref(receipts);
	}
	free(value);
	state_free(s);
	return exit;
}

/* ---- handing over ---- */

int cmd_name_transfer(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	struct gn_pk to;
	struct gn_sig sig;
	const char *path = cli_option(cli, "output");
	int exit;
	if (!parse_name(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (name.form != GN_NAME_GLOBAL)
		return cli_fail(cli, CLI_USAGE, "usage", "only claimed names change hands; %s.geo belongs to a key by its form", name.text);
	if (!owner_of(cli, cli->args[1], &to, &exit))
		return exit;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	exit = load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		next_version(s, GN_NAME_TTL);
		gn_name_transfer(&id.keys.sk, &name, &to, s->claim.seq, &sig);
		json_t *json = json_pack("{ss si ss so so sI so}", "type", "geonet-name-transfer", "version", 1, "name", name.text, "from",
		                         json_hex(id.keys.sk.pk.b, 32), "to", json_hex(to.b, 32), "seq", (json_int_t)s->claim.seq, "sig", json_hex(sig.b, 64));
		char *out = json_dumps(json, JSON_INDENT(2));
		if (!path || strcmp(path, "-") == 0)
			printf("%s\n", out);
		else if (!write_file(cli, path, gn_str(out), 0644, true))
			exit = CLI_FAILED;
		free(out);
		json_decref(json);
		if (exit == CLI_OK)
			cli_note(cli, "The new owner takes %s.geo with: geonet name accept FILE. Until then it is yours; a change or renewal of yours voids this.", name.text);
		state_free(s);
	}
	identity_wipe(&id);
	return exit;
}

/* The transfer's fields into the claim; false after printing. */
static bool read_transfer(struct cli *cli, const char *path, const struct gn_pk *self, struct gn_name *name, struct gn_name_claim *claim)
{
	uint8_t *data;
	size_t len;
	struct gn_pk to;
	if (!read_input(cli, path, NAMES_FILE_MAX, &data, &len))
		return false;
	json_t *json = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
	free(data);
	bool ok = strcmp(json_text(json, "type"), "geonet-name-transfer") == 0 && json_number(json, "version") == 1 &&
	          gn_unhex(gn_str(json_text(json, "from")), claim->previous_owner.b, 32) == GN_OK &&
	          gn_unhex(gn_str(json_text(json, "to")), to.b, 32) == GN_OK && gn_unhex(gn_str(json_text(json, "sig")), claim->previous_sig.b, 64) == GN_OK &&
	          json_number(json, "seq") > 0;
	claim->transfer_seq = json_number(json, "seq");
	claim->transferred = true;
	if (!ok)
		cli_fail(cli, CLI_FAILED, "malformed", "%s is not a transfer made by geonet name transfer", path);
	else if (!parse_name(cli, json_text(json, "name"), name))
		ok = false;
	else if (memcmp(&to, self, sizeof to) != 0) {
		char pid[GN_PID_MAX];
		gn_pid(&to, pid);
		cli_fail(cli, CLI_FAILED, "key", "%s.geo is handed to %s, who is not you", name->text, pid);
		ok = false;
	}
	json_decref(json);
	return ok;
}

int cmd_name_accept(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct gn_name_claim taken = {0};
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w = 0;
	if (!cli_number(cli, "w", 1, 8, &w))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = read_transfer(cli, cli->args[0], &id.keys.sk.pk, &name, &taken) ? load(cli, &name, &id.keys.sk.pk, &s) : CLI_FAILED;
	if (exit == CLI_OK) {
		if (s->exists && memcmp(&s->owner, &taken.previous_owner, sizeof s->owner) != 0)
			exit = not_yours(cli, s);
		else if (s->exists && s->claim.seq >= taken.transfer_seq)
			exit = cli_fail(cli, CLI_FAILED, "stale", "%s.geo was changed or renewed by its owner after the transfer was signed; ask for a new one", name.text);
		s->claim.transferred = true;
		s->claim.previous_owner = taken.previous_owner;
		s->claim.previous_sig = taken.previous_sig;
		s->claim.transfer_seq = taken.transfer_seq;
		next_version(s, GN_NAME_TTL);
		if (s->claim.seq < taken.transfer_seq)
			s->claim.seq = taken.transfer_seq;
		s->claim.epoch = s->claim.created / DAY;
		if (exit == CLI_OK && solve(cli, s, &id.keys.sk.pk))
			exit = sign_and_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		state_free(s);
	}
	identity_wipe(&id);
	return exit;
}

/* ---- looking ---- */

static int print_values(struct cli *cli, const json_t *j, const char *type)
{
	size_t i, found = 0;
	json_t *e;
	json_array_foreach(json_object_get(j, "entries"), i, e)
		if (strcasecmp(json_text(e, "type"), type) == 0) {
			printf("%s\n", out_text(json_text(e, "value")));
			found++;
		}
	return found ? CLI_OK : cli_fail(cli, CLI_NOT_FOUND, "not-found", "%s.geo has no entry of type %s", json_text(j, "name"), type);
}

static void print_name(struct cli *cli, const json_t *j)
{
	struct table t;
	size_t i;
	json_t *e;
	const json_t *holders = json_object_get(j, "holders");
	out_pair(cli, "name", "%s.geo (%s)", json_text(j, "name"), json_text(j, "form"));
	out_pair(cli, "owner", "%s", *json_text(j, "owner") ? json_text(j, "owner") : "not known yet");
	if (json_is_true(json_object_get(j, "owner_changed")))
		out_pair(cli, "WARNING", "the owner changed; when this node first saw the name it was %s", json_text(j, "owner_pinned"));
	out_pair(cli, "version", "%llu, until %s, %llu + %llu holders agree", (unsigned long long)json_number(j, "seq"), out_time(json_number(j, "expires")),
	         (unsigned long long)json_integer_value(json_array_get(holders, 0)), (unsigned long long)json_integer_value(json_array_get(holders, 1)));
	table_init(&t, 3, 1 << 1);
	table_add(&t, "TYPE");
	table_add(&t, "TTL");
	table_add(&t, "VALUE");
	json_array_foreach(json_object_get(j, "entries"), i, e)
	{
		table_add(&t, "%s", json_text(e, "type"));
		table_add(&t, "%llu", (unsigned long long)json_number(e, "ttl"));
		table_add(&t, "%s", out_text(json_text(e, "value")));
	}
	if (i)
		table_print(cli, &t);
	else
		table_free(&t);
}

int cmd_name_resolve(struct cli *cli)
{
	struct gn_name name;
	struct reply r;
	const char *type = cli->arg_count > 1 ? cli->args[1] : NULL;
	uint16_t number;
	char upper[24];
	if (!parse_name(cli, cli->args[0], &name))
		return CLI_USAGE;
	snprintf(upper, sizeof upper, "%s", type ? type : "");
	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	if (type && gn_name_type_parse(gn_str(upper), &number) != GN_OK)
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not a type of entry", type);
	char *part = url_part(name.text), *what = cli_format("%s.geo", name.text);
	int exit = client_must(cli, (struct call){.path = cli_format("/api/v1/names/%s%s", part, cli_flag(cli, "fresh") ? "?fresh=1" : "")}, &r, what);
	free(part);
	free(what);
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (exit == CLI_OK && type)
		exit = print_values(cli, r.json, type);
	else if (exit == CLI_OK)
		print_name(cli, r.json);
	reply_free(&r);
	return exit;
}

int cmd_name_list(struct cli *cli)
{
	char *path = names_path(cli);
	json_t *names = json_load_file(path, 0, NULL), *list = json_array(), *v;
	const char *name;
	struct table t;
	free(path);
	table_init(&t, 3, 0);
	table_add(&t, "NAME");
	table_add(&t, "UNTIL");
	table_add(&t, "OWNER");
	json_object_foreach(names, name, v)
	{
		uint64_t expires = json_number(v, "expires");
		table_add(&t, "%s.geo", out_text(name));
		table_add(&t, "%s%s", out_time(expires), expires < cli_now() ? " (expired)" : "");
		table_add(&t, "%s", out_text(json_text(v, "owner")));
		json_t *item = json_copy(v);
		json_object_set_new(item, "name", json_string(name));
		json_array_append_new(list, item);
	}
	json_decref(names);
	if (cli->json) {
		table_free(&t);
		return cli_json(cli, json_pack("{so}", "names", list));
	}
	if (json_array_size(list)) {
		table_print(cli, &t);
	} else {
		table_free(&t);
		cli_note(cli, "no name was claimed from here; the first one: geonet name claim NAME");
	}
	json_decref(list);
	return CLI_OK;
}
