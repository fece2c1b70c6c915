/* Tokens as text: words for actions and limits, base64 without padding for the whole. */
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/token/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const actions[] = {"read",      "write",   "admin", "hold", "publish",
				      "subscribe", "deposit", "lease", "ack",  "use",
				      "send",      "sign",    "pay",   "list", "delegate"};
static const char *const kinds[] = {"bytes", "ops",      "depth",      "cpu-ms",
				    "jobs",  "messages", "streams",    "consumers",
				    "money", "memory",   "outstanding"};

static size_t word_at(const char *const *words, size_t count, const char *text, size_t len)
{
	size_t i = 0;
	while (i < count && !(strlen(words[i]) == len && memcmp(words[i], text, len) == 0))
		i++;
	return i;
}

bool token_actions(struct cli *cli, const char *text, uint64_t *bits)
{
	*bits = 0;
	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ","), i = word_at(actions, GN_COUNT(actions), at, len);
		if (i == GN_COUNT(actions)) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "'%.*s' is no action; geonet token grant --help lists them",
				 (int)len, at);
			return false;
		}
		*bits |= UINT64_C(1) << i;
		at += len;
		if (!*at)
			return true;
	}
}

static bool read_limit(const char *text, struct gn_token_limit *out)
{
	size_t len = strcspn(text, "="), kind = word_at(kinds, GN_COUNT(kinds), text, len);
	char *end;
	if (kind == GN_COUNT(kinds) || text[len] != '=' || text[len + 1] < '0' ||
	    text[len + 1] > '9')
		return false;
	errno = 0;
	*out = (struct gn_token_limit){.of = (uint16_t)kind};
	out->amount = strtoull(text + len + 1, &end, 10);
	if (*end == '/' && end[1] >= '0' && end[1] <= '9') {
		uint64_t per = strtoull(end + 1, &end, 10);
		if (per > UINT32_MAX)
			return false;
		out->per = (uint32_t)per;
	}
	return errno == 0 && *end == 0;
}

bool token_limits(struct cli *cli, struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX], size_t *count)
{
	const char *text;
	*count = 0;
	for (int i = 0; (text = cli_option_at(cli, "limit", i)); i++) {
		if (*count == GN_TOKEN_LIMITS_MAX) {
			cli_fail(cli, CLI_USAGE, "usage", "a token has at most %d limits",
				 GN_TOKEN_LIMITS_MAX);
			return false;
		}
		size_t len = strcspn(text, "=");
		if (word_at(kinds, GN_COUNT(kinds), text, len) == GN_COUNT(kinds)) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "--limit: '%.*s' is no kind of limit; geonet token grant --help "
				 "lists them",
				 (int)len, text);
			return false;
		}
		if (!read_limit(text, &limits[(*count)++])) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "--limit %s: KIND=N or KIND=N/SECONDS is wanted, such as "
				 "messages=100/3600",
				 text);
			return false;
		}
	}
	return true;
}

/* ---- what is counted (WR-37) ---- */

#define KIND(name) (1u << GN_FB_LIMIT_OF_##name)

static unsigned kinds_counted(const struct gn_token_right *r)
{
	struct gn_slice topic = GN_LIT("topic"), box = GN_LIT("box/");
	bool is_topic = r->resource.len >= topic.len &&
			memcmp(r->resource.p, topic.p, topic.len) == 0 &&
			(r->resource.len == topic.len || r->resource.p[topic.len] == '/');
	bool is_box = r->resource.len > box.len && memcmp(r->resource.p, box.p, box.len) == 0;
	bool is_any = gn_slice_eq(r->resource, GN_LIT("*"));
	unsigned out = 0;
	is_topic = is_topic || is_any;
	is_box = is_box || is_any;
	if (is_topic && r->actions & GN_FB_ACTION_PUBLISH)
		out |= KIND(BYTES) | KIND(OPS) | KIND(MESSAGES);
	if (is_box && r->actions & GN_FB_ACTION_DEPOSIT)
		out |= KIND(BYTES) | KIND(OPS) | KIND(MESSAGES) | KIND(JOBS);
	if (is_box && r->actions & GN_FB_ACTION_LEASE)
		out |= KIND(BYTES) | KIND(OPS) | KIND(JOBS);
	return out;
}

static bool is_of(const struct gn_token *before, const struct gn_token_limit *l)
{
	const struct gn_token_block *b = before ? gn_token_limits(before) : NULL;
	for (size_t i = 0; b && i < b->limit_count; i++)
		if (b->limits[i].of == l->of && b->limits[i].per == l->per)
			return true;
	return false;
}

bool token_counted(struct cli *cli, const struct gn_token_fields *f, const struct gn_token *before)
{
	unsigned counted = 0;
	for (size_t i = 0; i < f->right_count; i++)
		counted |= kinds_counted(&f->rights[i]);
	for (size_t i = 0; i < f->limit_count; i++) {
		const struct gn_token_limit *l = &f->limits[i];
		const char *kind = kinds[l->of];
		if (is_of(before, l))
			continue;
		if (!gn_token_limit_name(l->of)) {
			cli_fail(cli, CLI_USAGE, "unsupported",
				 "--limit %s: nobody counts %s; bytes, ops, jobs and messages are "
				 "counted",
				 kind, kind);
			return false;
		}
		if (!l->per) {
			cli_fail(cli, CLI_USAGE, "unsupported",
				 "--limit %s=%llu: a limit in all is counted by nobody; say in how "
				 "many seconds, such as %s=%llu/86400",
				 kind, (unsigned long long)l->amount, kind,
				 (unsigned long long)l->amount);
			return false;
		}
		if (!(counted >> l->of & 1)) {
			cli_fail(cli, CLI_USAGE, "unsupported",
				 "--limit %s: nobody counts %s of what this token allows; see "
				 "geonet token grant --help",
				 kind, kind);
			return false;
		}
	}
	return true;
}

/* A token's text begins so: base64 of its FlatBuffer's first bytes differs, so any file wins. */
bool token_read(struct cli *cli, const char *word, struct token_text *out)
{
	struct gn_buf b = {out->bytes, 0, sizeof out->bytes};
	struct gn_token_fault fault = {0};
	uint8_t *text = NULL;
	size_t len = strlen(word);
	bool is_text = strcmp(word, "-") != 0 && len > 200 && !strpbrk(word, "/. ");
	if (!is_text && strcmp(word, "-") != 0 && access(word, F_OK) != 0 && errno == ENOENT) {
		cli_fail(cli, CLI_FAILED, "io", "'%s' is neither a file nor a token's text",
			 out_text(word));
		return false;
	}
	if (!is_text && !read_input(cli, word, 2 * GN_TOKEN_MAX, &text, &len))
		return false;
	struct gn_slice line = gn_slice(text ? text : (const uint8_t *)word, len);
	while (line.len && (line.p[line.len - 1] == '\n' || line.p[line.len - 1] == '\r'))
		line.len--;
	for (size_t i = line.len; i > 0; i--) /* of a queue's line, what box grant printed */
		if (line.p[i - 1] == '/') {
			line = gn_slice(line.p + i, line.len - i);
			break;
		}
	gn_err err = line.len ? gn_unbase64(line, true, &b) : GN_TEXT;
	free(text);
	if (err) {
		cli_fail(cli, CLI_USAGE, "usage",
			 "this is no token: one line of base64 is wanted, as geonet token grant "
			 "prints it");
		return false;
	}
	err = gn_token_open(gn_buf_slice(&b), &out->token, &fault);
	if (err)
		token_fail(cli, err, &fault);
	return err == GN_OK;
}

int token_fail(struct cli *cli, gn_err err, const struct gn_token_fault *fault)
{
	if (!fault->what)
		return cli_fail_err(cli, err, "the token");
	return cli_fail(cli, CLI_FAILED, gn_err_name(err), "block %zu %s", fault->block + 1,
			fault->what);
}

/* ---- showing ---- */

static const char *action_words(uint64_t bits, char text[200])
{
	size_t at = 0;
	text[0] = 0;
	for (size_t i = 0; i < GN_COUNT(actions); i++)
		if (bits >> i & 1)
			at += (size_t)snprintf(text + at, 200 - at, "%s%s", at ? "," : "",
					       actions[i]);
	if (bits >> GN_COUNT(actions))
		snprintf(text + at, 200 - at, "%sunknown", at ? "," : "");
	return text;
}

/* As in app/1: above 2^53, which readers of JSON round, a string. A limit of 2^64 - 1 that came out
 * as -1 would pass for none, or for used up. */
static json_t *json_u64(uint64_t v)
{
	char text[24];
	if (v <= UINT64_C(1) << 53)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	return json_string(text);
}

static json_t *block_json(const struct gn_token_block *b)
{
	char pid[GN_PID_MAX], words[200];
	json_t *rights = json_array(), *limits = json_array();
	for (size_t i = 0; i < b->right_count; i++)
		json_array_append_new(
			rights, json_pack("{so ss}", "resource", json_slice(b->rights[i].resource),
					  "actions", action_words(b->rights[i].actions, words)));
	for (size_t i = 0; i < b->limit_count; i++)
		json_array_append_new(limits, json_pack("{ss so sI}", "of", kinds[b->limits[i].of],
							"amount", json_u64(b->limits[i].amount),
							"per_s", (json_int_t)b->limits[i].per));
	gn_pid(&b->issuer, pid);
	json_t *json = json_pack("{so ss so}", "id", json_hex(b->id.b, 32), "issuer", pid,
				 "issuer_key", json_hex(b->issuer.b, 32));
	gn_pid(&b->audience, pid);
	json_object_update_new(json,
			       json_pack("{ss so so so so so si}", "audience", pid, "audience_key",
					 json_hex(b->audience.b, 32), "rights", rights, "limits",
					 limits, "not_before", json_u64(b->not_before), "expires",
					 json_u64(b->expires), "depth", (int)b->depth));
	return json;
}

json_t *token_json(const struct gn_token *t)
{
	json_t *blocks = json_array();
	for (size_t i = 0; i < t->count; i++)
		json_array_append_new(blocks, block_json(&t->blocks[i]));
	return json_pack("{so so}", "id", json_hex(gn_token_id(t)->b, 32), "blocks", blocks);
}

void token_show(const struct cli *cli, const struct gn_token *t)
{
	char pid[GN_PID_MAX], words[200];
	for (size_t i = 0; i < t->count; i++) {
		const struct gn_token_block *b = &t->blocks[i];
		if (i)
			printf("\n");
		out_pair(cli, "block", "%zu, %s", i + 1, out_hex(b->id.b, 32));
		gn_pid(&b->issuer, pid);
		out_pair(cli, "by", "%s", pid);
		gn_pid(&b->audience, pid);
		out_pair(cli, "for", "%s", pid);
		for (size_t k = 0; k < b->right_count; k++)
			out_pair(cli, "may", "%s %s", action_words(b->rights[k].actions, words),
				 out_text_slice(b->rights[k].resource));
		for (size_t k = 0; k < b->limit_count; k++) {
			const struct gn_token_limit *l = &b->limits[k];
			if (l->per)
				out_pair(cli, "at most", "%llu %s in %s",
					 (unsigned long long)l->amount, kinds[l->of],
					 out_duration(l->per));
			else
				out_pair(cli, "at most", "%llu %s in all, which nobody counts",
					 (unsigned long long)l->amount, kinds[l->of]);
		}
		out_pair(cli, "time", "%s to %s", out_time(b->not_before), out_time(b->expires));
		out_pair(cli, "given on", "%s",
			 b->depth ? out_count(b->depth, "time more", "times more") : "not");
	}
}

int token_print(struct cli *cli, struct gn_slice bytes)
{
	size_t cap = GN_BASE64_MAX(bytes.len);
	char *text = cli_alloc(cap);
	struct gn_token t;
	gn_err err = gn_base64(bytes, true, text, cap);
	if (err == GN_OK)
		err = gn_token_open(bytes, &t, NULL);
	GN_ASSERT(err == GN_OK); /* we made it */
	if (cli->json) {
		json_t *json = token_json(&t);
		json_object_set_new(json, "token", json_string(text));
		free(text);
		return cli_json(cli, json);
	}
	printf("%s\n", text);
	free(text);
	return CLI_OK;
}
