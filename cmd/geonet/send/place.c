/* Places of codes, as place.h says: records of type 15 by the node's calls. */
#include "geonet/send/place.h"

#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

#define PLACES 10000u /* of a code: crypto/code.h */
#define TRIES 4u      /* places that may be full, one after another */

void place_service(uint16_t place, char service[SERVICE_MAX])
{
	snprintf(service, SERVICE_MAX, "send/%u", place);
}

void place_service_again(const uint8_t id[16], char service[SERVICE_MAX])
{
	char hex[33];
	gn_hex(gn_slice(id, 16), hex);
	snprintf(service, SERVICE_MAX, "send/%s", hex);
}

static int put(struct cli *cli, const struct gn_pk *node, uint16_t place, unsigned slot,
	       struct reply *r)
{
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_buf record = {storage, 0, sizeof storage};
	struct gn_rand rand = gn_rand_system();
	struct gn_provider p = {.node = *node, .created = cli_now(), .ttl = GN_PROVIDER_TTL};
	struct gn_sk sk;
	char label[GN_PROVIDER_LABEL];
	gn_provider_code(place, label);
	gn_sk_new(&rand, &sk);
	gn_err err = gn_provider_record(&sk, gn_str(label), slot, &p, &record);
	GN_ASSERT(err == GN_OK);
	gn_sk_wipe(&sk);
	struct gn_fb_record_put_args args = {.record = gn_buf_slice(&record)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_PUT},
			  .args = &args};
	return client_ask(cli, &ask, r);
}

/* Nobody signed, though others may be here: who keeps records is none of those. */
static void tell_nobody(struct cli *cli, const struct reply *r)
{
	char *alone = client_alone(cli, NULL);
	if (alone || r->err != GN_QUORUM) {
		client_report(cli, r, "the code's place was not stored");
	} else {
		cli_fail(cli, CLI_QUORUM, gn_err_name(r->err),
			 "the code has no place: " CLIENT_NOBODY_KEEPS "; " CLIENT_NOBODY_NEXT);
	}
	free(alone);
}

bool place_take(struct cli *cli, const struct gn_pk *node, uint16_t *place)
{
	struct gn_rand rand = gn_rand_system();
	for (unsigned i = 0; i < TRIES * GN_PROVIDER_PLACES; i++) {
		unsigned slot = i % GN_PROVIDER_PLACES;
		struct reply r;
		if (slot == 0)
			*place = (uint16_t)gn_rand_below(&rand, PLACES);
		int exit = put(cli, node, *place, slot, &r);
		/* held by some is enough for ten minutes */
		bool held = exit == CLI_OK || (r.err == GN_QUORUM && json_number(r.json, "w") > 0);
		bool taken = r.err == GN_EXISTS || r.err == GN_STALE;
		if (!held && !taken && r.err)
			tell_nobody(cli, &r);
		reply_free(&r);
		if (held || !taken)
			return held;
	}
	cli_fail(cli, CLI_FAILED, gn_err_name(GN_EXISTS),
		 "every place that was tried for a code is taken: try again");
	return false;
}

/* ---- looking ---- */

static bool is_new(const struct place_search *s, const struct gn_pk *node)
{
	for (unsigned i = 0; i < s->found; i++)
		if (gn_pk_eq(&s->nodes[i], node))
			return false;
	return true;
}

static bool node_in(const json_t *json, const struct place_search *s, const struct gn_hash *key,
		    struct gn_pk *node)
{
	struct gn_provider p;
	struct gn_record r;
	size_t i, len;
	json_t *value;
	bool found = false;
	json_array_foreach(json_object_get(json, "values"), i, value)
	{
		uint8_t *bytes = cli_unbase64(json_text(value, "record"), &len);
		struct gn_slice record = gn_slice(bytes, bytes ? len : 0);
		if (!found && gn_wire_record_parse(record, &r) == GN_OK &&
		    gn_hash_eq(&r.key, key) && gn_provider_open(record, &p) == GN_OK &&
		    is_new(s, &p.node)) {
			*node = p.node;
			found = true;
		}
		free(bytes);
	}
	return found;
}

bool place_next(struct cli *cli, struct place_search *s, struct gn_pk *node)
{
	char label[GN_PROVIDER_LABEL];
	gn_provider_code(s->place, label);
	while (s->slot < GN_PROVIDER_PLACES) {
		struct gn_hash key;
		struct reply r;
		gn_provider_key(gn_str(label), s->slot++, &key);
		struct gn_fb_hash at = gn_wire_hash(key.b);
		struct gn_fb_record_get_args args = {
			.key = &at, .type = GN_FB_RECORD_TYPE_PROVIDER, .local = true};
		struct ask ask = {
			.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_GET},
			.args = &args};
		int exit = client_ask(cli, &ask, &r);
		bool found = exit == CLI_OK && node_in(r.json, s, &key, node);
		if (exit && exit != CLI_NOT_FOUND)
			s->exit = exit;
		reply_free(&r);
		if (found) {
			s->nodes[s->found++] = *node;
			return true;
		}
	}
	return false;
}
