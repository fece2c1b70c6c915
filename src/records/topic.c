/* Topic records: made, read, judged. Invariant: rates and sizes that come out of a record are never
 * 0 and never above TP-2, so a root can reckon with them.
 *
 * Rules: docs/spec/services.md TP-1..TP-5, bus.md BS-18. */
#include "records/topic.h"
#include "records/body_int.h"
#include "records/limits.h"
#include "wire/token.h"

#define BODY_FIELDS (GN_FB_SLOT(9) - 1)
#define READER_INFO "geonet/bus/reader/1"

void gn_topicrec_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_TOPIC, owner, label, 0, key);
}

void gn_topicrec_reader(const struct gn_hash *topic, struct gn_sk *out)
{
	uint8_t seed[32];
	gn_hkdf(GN_SLICE(topic->b), gn_slice(NULL, 0), GN_LIT(READER_INFO), seed, sizeof seed);
	gn_sk_from_seed(seed, out);
}

/* TP-2: "" or tokens joined by dots, as the subjects below it are; no wildcard is one of them. */
static bool label_ok(struct gn_slice label)
{
	size_t tokens = 1, from = 0;
	for (size_t i = 0; i <= label.len && label.len; i++) {
		bool ends = i == label.len || label.p[i] == '.';
		if (!ends && (label.p[i] <= ' ' || label.p[i] == 0x7f))
			return false;
		if (!ends)
			continue;
		bool wild = i == from + 1 && (label.p[from] == '*' || label.p[from] == '>');
		if (i == from || wild)
			return false;
		from = i + 1;
		tokens += i < label.len;
	}
	return tokens <= TOPIC_TOKENS_MAX;
}

/* TP-2. GN_USAGE, GN_UNSUPPORTED. */
static gn_err form_fault(const struct gn_topicrec *t)
{
	if (t->publish > GN_FB_TOPIC_ADMISSION_TOKEN || t->subscribe > GN_FB_TOPIC_ADMISSION_TOKEN)
		return GN_UNSUPPORTED;
	return t->key_count > GN_TOPICREC_KEYS || t->rate > TOPIC_RATE_MAX ||
			       t->rate_all > TOPIC_RATE_MAX ||
			       t->payload_max > GN_TOPICREC_PAYLOAD || !label_ok(t->label)
		       ? GN_USAGE
		       : GN_OK;
}

/* ---- making ---- */

gn_err gn_topicrec_record(const struct gn_sk *owner, const struct gn_topicrec *in,
			  struct gn_buf *out)
{
	uint8_t storage[TOPIC_BODY_MAX];
	struct gn_slice bytes;
	struct gn_fb_key box;
	_Static_assert(sizeof in->keys[0] == sizeof box, "both are 32 bytes");
	GN_TRY(form_fault(in));
	if (in->before.beyond)
		return GN_VERSION;
	memcpy(box.b, in->box.b, sizeof box.b);
	const struct gn_fb_key *keys = (const struct gn_fb_key *)(const void *)in->keys;
	/* what is usual is left out: it may become something else */
	struct gn_fb_topic_body_args args = {
		.publish = in->publish,
		.subscribe = in->subscribe,
		.sealed = in->sealed,
		.mesh = in->mesh,
		.box = gn_pk_is_zero(&in->box) ? NULL : &box,
		.rate = in->rate == GN_TOPICREC_RATE ? 0 : in->rate,
		.rate_all = in->rate_all == GN_TOPICREC_RATE_ALL ? 0 : in->rate_all,
		.payload_max = in->payload_max == GN_TOPICREC_PAYLOAD ? 0 : in->payload_max,
		.keys = {in->key_count ? keys : NULL, in->key_count}};
	struct gn_body body = {&gn_fbtype_topic_body, &args, BODY_FIELDS, in->before.body};
	GN_TRY(gn_body_make(&body, storage, sizeof storage, &bytes));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_TOPIC,
					  .label = in->label,
					  .prev = gn_before_prev(&in->before, 0),
					  .body = bytes,
					  .seq = in->seq,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

/* ---- reading ---- */

static uint32_t usual(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static gn_err view_body(const struct gn_record *r, struct gn_topicrec *out)
{
	struct gn_fb_topic_body body;
	struct gn_topicrec t = {.owner = r->owner,
				.label = r->label,
				.seq = r->seq,
				.created = r->created,
				.ttl = r->ttl};
	if (r->type != GN_FB_RECORD_TYPE_TOPIC || r->salt)
		return GN_MALFORMED;
	if (r->body.len > TOPIC_BODY_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_topic_body_verify(r->body, &body));
	t.publish = gn_fb_topic_body_publish(body);
	t.subscribe = gn_fb_topic_body_subscribe(body);
	t.sealed = gn_fb_topic_body_sealed(body);
	t.mesh = gn_fb_topic_body_mesh(body);
	t.rate = usual(gn_fb_topic_body_rate(body), GN_TOPICREC_RATE);
	t.rate_all = usual(gn_fb_topic_body_rate_all(body), GN_TOPICREC_RATE_ALL);
	t.payload_max = usual(gn_fb_topic_body_payload_max(body), GN_TOPICREC_PAYLOAD);
	memcpy(t.box.b, gn_fb_topic_body_box(body).b, sizeof t.box.b);
	struct gn_slice keys = gn_fb_topic_body_keys_bytes(body);
	t.key_count = keys.len / sizeof t.keys[0];
	gn_err err = form_fault(&t);
	if (err != GN_OK)
		return err == GN_USAGE ? GN_MALFORMED : err;
	if (keys.len)
		memcpy(t.keys, keys.p, keys.len);
	*out = t;
	return GN_OK;
}

static gn_err view_record(const struct gn_record *r, struct gn_topicrec *out)
{
	GN_TRY(view_body(r, out));
	gn_wire_before(r, &out->before);
	return GN_OK;
}

gn_err gn_topicrec_open(struct gn_slice record, struct gn_topicrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	return view_record(&r, out);
}

gn_err gn_topicrec_parse(struct gn_slice record, struct gn_topicrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_parse(record, &r));
	return view_record(&r, out);
}

gn_err gn_topicrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now)
{
	struct gn_topicrec t;
	(void)names;
	GN_TRY(view_body(in, &t));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (held && !gn_pk_eq(&held->owner, &in->owner))
		return GN_DENIED;
	return held && gn_record_compare(in, held) < 0 ? GN_STALE : GN_OK;
}

/* ---- asking (TP-3) ---- */

static bool admits(const struct gn_topicrec *t, uint8_t rule, const struct gn_pk *key)
{
	if (rule == GN_FB_TOPIC_ADMISSION_OPEN || gn_pk_eq(&t->owner, key))
		return true;
	for (size_t i = 0; i < t->key_count && rule == GN_FB_TOPIC_ADMISSION_OWNER; i++)
		if (gn_pk_eq(&t->keys[i], key))
			return true;
	return false;
}

bool gn_topicrec_publishes(const struct gn_topicrec *t, const struct gn_pk *key)
{
	return admits(t, t->publish, key);
}

bool gn_topicrec_subscribes(const struct gn_topicrec *t, const struct gn_pk *key)
{
	return admits(t, t->subscribe, key);
}

/* ---- out of the box (BS-18) ---- */

/* Holders may lie, and who may leave something may leave anything: each is judged as a stranger's.
 * What a reader forgets after BOX_TTL cannot come again, for it is too old by then. */
static gn_err may_have_said(const struct gn_topicrec *t, const struct gn_said *said,
			    struct gn_slice chain)
{
	struct gn_token token;
	uint8_t text[GN_TOKEN_RESOURCE_MAX];
	struct gn_buf resource = {text, 0, sizeof text};
	struct gn_slice parts[] = {GN_LIT("topic"), t->label};
	if (gn_topicrec_publishes(t, &said->publisher))
		return GN_OK;
	if (t->publish != GN_FB_TOPIC_ADMISSION_TOKEN || !chain.len)
		return GN_DENIED;
	GN_TRY(gn_token_open(chain, &token, NULL));
	if (!gn_pk_eq(gn_token_bearer(&token), &said->publisher))
		return GN_DENIED;
	GN_TRY(gn_token_resource(parts, t->label.len ? 2 : 1, &resource));
	return gn_token_grants(&token, &t->owner, gn_buf_slice(&resource), GN_FB_ACTION_PUBLISH,
			       said->time / 1000);
}

gn_err gn_topicrec_kept(const struct gn_topicrec *t, struct gn_slice item, const struct gn_pk *by,
			uint64_t unix_now, struct gn_said *out)
{
	struct gn_said said;
	struct gn_slice chain;
	struct gn_hash key;
	gn_topicrec_key(&t->owner, t->label, &key);
	GN_TRY(gn_said_kept(&key, item, &said, &chain));
	uint64_t time = said.time / 1000;
	if (!gn_pk_eq(by, &said.publisher))
		return GN_DENIED;
	if (time > unix_now + GN_RECORD_AHEAD_MAX)
		return GN_RANGE;
	if (time + BOX_TTL <= unix_now || (said.until && said.until <= unix_now))
		return GN_EXPIRED;
	GN_TRY(may_have_said(t, &said, chain));
	*out = said;
	return GN_OK;
}
