/* Records: put one's own, get anyone's, and the way a lookup takes. A record is verified here
 * before a byte of it is given on. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/resolve.h"
#include "geonet/node/commands.h"
#include "records/name.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define FIRST_APPLICATION_TYPE 16
/* 65024 bytes: the rest is for the record's head and signature */
#define BODY_MAX (GN_RECORD_MAX - 512)

/* Versions of a record are ordered by seq; the time in milliseconds needs no reading of the last
 * one. */
static uint64_t seq_now(void)
{
	struct timeval t;
	gettimeofday(&t, NULL);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_usec / 1000;
}

static int put_done(struct cli *cli, struct reply *r)
{
	if (cli->json)
		return cli_json(cli, json_incref(r->json));
	size_t n = json_array_size(json_object_get(r->json, "receipts"));
	printf("%s\n", json_text(r->json, "key"));
	cli_note(cli, "stored: %s, seq %llu, %s, %.0f ms",
		 out_count(n, "signed receipt", "signed receipts"),
		 (unsigned long long)json_number(r->json, "seq"),
		 out_count(json_number(r->json, "hops"), "hop", "hops"),
		 json_double(r->json, "took_ms"));
	return CLI_OK;
}

/* The seq of the newer record that a refusal carries, 0 when there is none to be believed. */
static uint64_t newer_seq(const struct reply *r)
{
	size_t len;
	struct gn_record record;
	uint8_t *bytes = cli_unbase64(json_text(r->json, "newer"), &len);
	uint64_t seq = bytes && len && gn_wire_record_open(gn_slice(bytes, len), &record) == GN_OK
			       ? record.seq
			       : 0;
	free(bytes);
	return seq;
}

static int put_record(struct cli *cli, const struct identity *id, struct gn_record_fields *f,
		      uint64_t w, bool chosen)
{
	struct reply r = {0};
	uint8_t *storage = cli_alloc(GN_RECORD_MAX);
	int exit = CLI_FAILED;
	for (int tries = 0; tries < 2; tries++) {
		struct gn_buf record = {storage, 0, GN_RECORD_MAX};
		gn_err err = gn_wire_record_make(&id->keys.sk, NULL, f, &record);
		if (err) {
			exit = cli_fail_err(cli, err, "the record cannot be made");
			break;
		}
		reply_free(&r);
		exit = record_put(cli, gn_buf_slice(&record), w, "the record", &r);
		uint64_t newer = r.err == GN_STALE ? newer_seq(&r) : 0;
		if (r.err != GN_STALE)
			break;
		if (chosen || tries || newer < f->seq || newer == UINT64_MAX) {
			client_report(cli, &r, "the record was not stored");
			break;
		}
		/* the last one was written by a clock ahead of ours, or with a seq by hand */
		f->seq = newer + 1;
	}
	if (exit == CLI_OK)
		exit = put_done(cli, &r);
	reply_free(&r);
	free(storage);
	return exit;
}

int cmd_put(struct cli *cli)
{
	uint64_t type = FIRST_APPLICATION_TYPE, ttl = 86400, w = 0, seq = 0;
	const char *label = cli_option(cli, "label");
	struct identity id;
	uint8_t *body;
	size_t len;
	if (!cli_number(cli, "type", FIRST_APPLICATION_TYPE, UINT16_MAX, &type) ||
	    !cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &ttl) ||
	    !cli_number(cli, "w", 1, 8, &w) || !cli_number(cli, "seq", 1, UINT64_MAX - 1, &seq))
		return CLI_USAGE;
	if (label && (strlen(label) > GN_RECORD_LABEL_MAX || !gn_utf8_ok(gn_str(label))))
		return cli_fail(cli, CLI_USAGE, "text", "--label has at most %d bytes of UTF-8",
				GN_RECORD_LABEL_MAX);
	if (!read_input(cli, cli->args[0], BODY_MAX, &body, &len))
		return CLI_FAILED;
	int exit = CLI_FAILED;
	if (identity_load(cli, &id)) {
		struct gn_record_fields f = {.type = (uint16_t)type,
					     .label = gn_str(label ? label : ""),
					     .body = gn_slice(body, len),
					     .seq = seq ? seq : seq_now(),
					     .created = cli_now(),
					     .ttl = (uint32_t)ttl};
		exit = put_record(cli, &id, &f, w, seq != 0);
		identity_wipe(&id);
	}
	free(body);
	return exit;
}

/* KEY, OWNER/LABEL, @LABEL. */
static bool record_key(struct cli *cli, const char *text, uint16_t type, struct gn_hash *key,
		       int *exit)
{
	const char *slash = strchr(text, '/');
	struct gn_pk owner;
	*exit = CLI_USAGE;
	if (!slash && text[0] != '@') {
		if (gn_unhex(gn_str(text), key->b, sizeof key->b) == GN_OK)
			return true;
		*exit = cli_fail(cli, CLI_USAGE, "usage",
				 "'%s' is neither a record's key (64 hex digits) nor OWNER/LABEL "
				 "nor @LABEL",
				 text);
		return false;
	}
	const char *label = slash ? slash + 1 : text + 1;
	if (text[0] == '@') {
		label = text + 1;
		*exit = CLI_FAILED;
		if (!identity_public(cli, &owner))
			return false;
	} else {
		char *who = cli_format("%.*s", (int)(slash - text), text);
		bool ok = owner_of(cli, who, &owner, exit);
		free(who);
		if (!ok)
			return false;
	}
	gn_wire_record_key(type, &owner, gn_str(label), 0, key);
	return true;
}

static int show_record(struct cli *cli, const struct gn_record *r, unsigned holders)
{
	const char *path = cli_option(cli, "output");
	int exit = cli->json && output_is_stdout(path) ? CLI_OK : output_bytes(cli, path, r->body);
	if (exit || !cli->json)
		return exit;
	char pid[GN_PID_MAX], *body = cli_base64(r->body);
	uint64_t expires = r->created + r->ttl;
	gn_pid(&r->owner, pid);
	json_t *json = json_pack("{so ss so so si sI sI sI si ss}", "key", json_hex(r->key.b, 32),
				 "owner", pid, "owner_key", json_hex(r->owner.b, 32), "label",
				 json_slice(r->label), "type", (int)r->type, "seq",
				 (json_int_t)r->seq, "created", (json_int_t)r->created, "expires",
				 (json_int_t)expires, "holders", (int)holders, "body", body);
	free(body);
	return cli_json(cli, json);
}

int cmd_get(struct cli *cli)
{
	uint64_t type = FIRST_APPLICATION_TYPE, quorum = 0;
	struct gn_hash key;
	struct gn_record record;
	uint8_t *bytes = NULL;
	size_t len = 0;
	unsigned holders = 0;
	int exit;
	if (!cli_number(cli, "type", 1, UINT16_MAX, &type) ||
	    !cli_number(cli, "quorum", 1, 8, &quorum))
		return CLI_USAGE;
	if (!record_key(cli, cli->args[0], (uint16_t)type, &key, &exit))
		return exit;
	exit = record_fetch(cli, &key, (unsigned)type, (unsigned)quorum, &bytes, &len, &holders);
	if (exit == CLI_NOT_FOUND)
		return cli_fail(cli, CLI_NOT_FOUND, "not-found", "no node holds a record for %s",
				cli->args[0]);
	if (exit)
		return exit;
	if (gn_wire_record_parse(gn_slice(bytes, len), &record) != GN_OK)
		exit = cli_fail(cli, CLI_FAILED, "malformed", "the record does not parse");
	else
		exit = show_record(cli, &record, holders);
	free(bytes);
	return exit;
}

/* ---- trace ---- */

/* The place of a key, of a name's first record, of a PID's own. */
static bool trace_key(struct cli *cli, const char *text, struct gn_hash *key, int *exit)
{
	struct gn_name name, parent;
	struct gn_pk owner;
	const char *why = "";
	*exit = CLI_USAGE;
	if (gn_unhex(gn_str(text), key->b, sizeof key->b) == GN_OK)
		return true;
	if (gn_name_parse(gn_str(text), &name, &why) != GN_OK) {
		cli_fail(cli, CLI_USAGE, "text", "'%s' is not a key, a PID or a name: %s", text,
			 why);
		return false;
	}
	bool delegated = name.form == GN_NAME_DELEGATED;
	if (delegated &&
	    (!gn_name_parent(&name, &parent) || !owner_of(cli, parent.text, &owner, exit)))
		return false;
	gn_name_key(&name, delegated ? &owner : NULL, 0, key);
	return true;
}

static void print_trace(struct cli *cli, const json_t *j)
{
	static const char *const heading[] = {"STEP",  "DEPTH",  "NODE",   "ADDRESS",
					      "AT ms", "RTT ms", "OUTCOME"};
	struct table t;
	size_t i;
	json_t *s;
	table_init(&t, 7, 1 << 0 | 1 << 1 | 1 << 4 | 1 << 5);
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	json_array_foreach(json_object_get(j, "steps"), i, s)
	{
		table_add(&t, "%zu", i + 1);
		table_add(&t, "%llu", (unsigned long long)json_number(s, "depth"));
		table_add(&t, "%.16s", json_text(s, "id"));
		table_add(&t, "%s", out_text(json_text(s, "addr")));
		table_add(&t, "%.1f", json_double(s, "at_ms"));
		table_add(&t, "%.1f", json_double(s, "rtt_ms"));
		table_add(&t, "%s",
			  strcmp(json_text(s, "outcome"), "ok") ? out_text(json_text(s, "outcome"))
								: "answered");
	}
	printf("key %s\n\n", json_text(j, "key"));
	table_print(cli, &t);
	printf("\nnearest nodes:\n");
	json_array_foreach(json_object_get(j, "nodes"), i, s)
		printf("  %.16s  %s\n", json_text(s, "id"), out_text(json_text(s, "addr")));
	printf("%s, %.0f ms\n", out_count(json_number(j, "hops"), "hop", "hops"),
	       json_double(j, "took_ms"));
}

int cmd_trace(struct cli *cli)
{
	struct gn_hash key;
	struct reply r;
	char hex[65];
	uint64_t count = 8;
	int exit;
	if (!cli_number(cli, "count", 1, 24, &count))
		return CLI_USAGE;
	if (!trace_key(cli, cli->args[0], &key, &exit))
		return exit;
	gn_hex(GN_SLICE(key.b), hex);
	struct gn_fb_hash place;
	memcpy(place.b, key.b, sizeof place.b);
	struct gn_fb_record_find_args args = {.key = &place, .count = (uint8_t)count};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_FIND},
			  .args = &args};
	exit = client_ask_must(cli, &ask, &r, "the lookup failed");
	if (r.json)
		json_object_set_new(r.json, "key", json_string(hex));
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (exit == CLI_OK)
		print_trace(cli, r.json);
	reply_free(&r);
	return exit;
}
