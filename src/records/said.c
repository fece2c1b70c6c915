/* Messages of the bus: made, read, judged by their form. Invariant: what comes out of a parse has a
 * subject without wildcards, a seq, and an `until` exactly when it is one that needs it; so no
 * reader asks again.
 *
 * Rules: docs/spec/bus.md BS-1, BS-2, BS-18. */
#include "records/said.h"

#define KNOWN                                                                                      \
	(GN_FB_BUS_FLAG_RETAINED | GN_FB_BUS_FLAG_WILL | GN_FB_BUS_FLAG_SEALED |                   \
	 GN_FB_BUS_FLAG_QUORUM)

/* ---- subjects ---- */

static bool is_wild(struct gn_slice token, char c)
{
	return token.len == 1 && token.p[0] == (uint8_t)c;
}

/* The token at *from, which moves behind it; false: there is none left. */
static bool next_token(struct gn_slice s, size_t *from, struct gn_slice *token)
{
	if (*from > s.len || s.len == 0)
		return false;
	size_t end = *from;
	while (end < s.len && s.p[end] != '.')
		end++;
	*token = gn_slice(s.p + *from, end - *from);
	*from = end + 1;
	return true;
}

gn_err gn_subject_ok(struct gn_slice subject, bool filter)
{
	struct gn_slice token;
	size_t from = 0, tokens = 0;
	if (subject.len > GN_SAID_SUBJECT)
		return GN_TOO_LARGE;
	if (!gn_utf8_ok(subject))
		return GN_TEXT;
	while (next_token(subject, &from, &token)) {
		bool wild = is_wild(token, '*') || is_wild(token, '>');
		if (token.len == 0 || (wild && !filter))
			return GN_TEXT;
		if (is_wild(token, '>') && from <= subject.len)
			return GN_TEXT; /* not the last */
		for (size_t i = 0; i < token.len; i++)
			if (token.p[i] <= ' ' || token.p[i] == 0x7f)
				return GN_TEXT;
		if (++tokens > GN_SAID_TOKENS)
			return GN_TOO_LARGE;
	}
	return GN_OK;
}

bool gn_subject_matches(struct gn_slice filter, struct gn_slice subject)
{
	struct gn_slice f, s;
	size_t at = 0, from = 0;
	while (next_token(filter, &at, &f)) {
		if (!next_token(subject, &from, &s))
			return false;
		if (is_wild(f, '>'))
			return true;
		if (!is_wild(f, '*') && !gn_slice_eq(f, s))
			return false;
	}
	return !next_token(subject, &from, &s);
}

/* ---- messages ---- */

/* BS-1. GN_USAGE. */
static gn_err form_fault(const struct gn_said *s)
{
	bool retained = s->flags & GN_FB_BUS_FLAG_RETAINED, will = s->flags & GN_FB_BUS_FLAG_WILL;
	if (s->payload.len > GN_SAID_PAYLOAD)
		return GN_TOO_LARGE;
	if (s->seq == 0 || s->epoch == 0 || s->time == 0)
		return GN_USAGE;
	if (will != (s->seq == GN_SAID_WILL) || (retained || will) != (s->until != 0))
		return GN_USAGE;
	if (will ? s->lease < GN_SAID_LEASE_MIN || s->lease > GN_SAID_LEASE_MAX : s->lease != 0)
		return GN_USAGE;
	if (will == gn_is_zero(s->by.b, sizeof s->by.b))
		return GN_USAGE;
	return gn_subject_ok(s->subject, false);
}

gn_err gn_said_make(const struct gn_sk *publisher, const struct gn_hash *topic,
		    const struct gn_said *in, struct gn_buf *out, struct gn_sig *sig)
{
	uint8_t storage[GN_SAID_MAX];
	struct gn_slice bytes;
	struct gn_fb_key key;
	struct gn_fb_hash by;
	GN_TRY(form_fault(in));
	if (in->flags & ~KNOWN)
		return GN_USAGE;
	memcpy(key.b, publisher->pk.b, sizeof key.b);
	memcpy(by.b, in->by.b, sizeof by.b);
	struct gn_fb_bus_said_args args = {
		.subject = in->subject.len ? in->subject : gn_slice(NULL, 0),
		.publisher = &key,
		.epoch = in->epoch,
		.seq = in->seq,
		.time = in->time,
		.flags = in->flags,
		.until = in->until,
		.payload = in->payload.len ? in->payload : gn_slice(NULL, 0),
		.lease = in->lease,
		.by = in->flags & GN_FB_BUS_FLAG_WILL ? &by : NULL};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	GN_TRY(gn_fbb_finish(&b, gn_fb_bus_said_make(&b, &args), NULL, &bytes));
	GN_TRY(gn_buf_put(out, bytes));
	struct gn_slice parts[] = {GN_SLICE(topic->b), bytes};
	gn_sign(publisher, GN_SAID_DOMAIN, parts, GN_COUNT(parts), sig);
	return GN_OK;
}

void gn_said_by(const struct gn_pk *node, const struct gn_hash *salt, struct gn_hash *out)
{
	struct gn_slice parts[] = {GN_LIT(GN_SAID_WILL_DOMAIN), GN_SLICE(node->b),
				   GN_SLICE(salt->b)};
	gn_sha256(parts, GN_COUNT(parts), out);
}

gn_err gn_said_parse(struct gn_slice bytes, struct gn_said *out)
{
	struct gn_fb_bus_said t;
	if (bytes.len > GN_SAID_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_bus_said_verify(bytes, &t));
	struct gn_said s = {.bytes = bytes,
			    .sig = out->sig,
			    .subject = gn_fb_bus_said_subject(t),
			    .epoch = gn_fb_bus_said_epoch(t),
			    .seq = gn_fb_bus_said_seq(t),
			    .time = gn_fb_bus_said_time(t),
			    .flags = gn_fb_bus_said_flags(t),
			    .until = gn_fb_bus_said_until(t),
			    .payload = gn_fb_bus_said_payload(t),
			    .lease = gn_fb_bus_said_lease(t)};
	struct gn_fb_key key = gn_fb_bus_said_publisher(t);
	struct gn_fb_hash by = gn_fb_bus_said_by(t);
	memcpy(s.publisher.b, key.b, sizeof s.publisher.b);
	memcpy(s.by.b, by.b, sizeof s.by.b);
	gn_err err = form_fault(&s);
	if (err != GN_OK)
		return err == GN_USAGE ? GN_MALFORMED : err;
	*out = s;
	return GN_OK;
}

gn_err gn_said_verify(const struct gn_hash *topic, const struct gn_said *said)
{
	struct gn_slice parts[] = {GN_SLICE(topic->b), said->bytes};
	return gn_verify(&said->publisher, GN_SAID_DOMAIN, parts, GN_COUNT(parts), &said->sig);
}

/* ---- in a box ---- */

gn_err gn_said_keep(const struct gn_said *said, struct gn_slice token, struct gn_buf *out)
{
	uint8_t storage[GN_SAID_KEPT_MAX];
	struct gn_slice bytes;
	struct gn_fb_sig sig;
	if (!(said->flags & GN_FB_BUS_FLAG_QUORUM) || said->flags & GN_FB_BUS_FLAG_WILL)
		return GN_USAGE;
	if (token.len > GN_SAID_TOKEN)
		return GN_TOO_LARGE;
	memcpy(sig.b, said->sig.b, sizeof sig.b);
	struct gn_fb_bus_message_args args = {
		.said = said->bytes, .sig = &sig, .token = token.len ? token : gn_slice(NULL, 0)};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	GN_TRY(gn_fbb_finish(&b, gn_fb_bus_message_make(&b, &args), NULL, &bytes));
	return gn_buf_put(out, bytes);
}

gn_err gn_said_kept(const struct gn_hash *topic, struct gn_slice item, struct gn_said *out,
		    struct gn_slice *token)
{
	struct gn_fb_bus_message m;
	if (item.len > GN_SAID_KEPT_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_bus_message_verify(item, &m));
	struct gn_said said = {.sig = gn_wire_sig_get(gn_fb_bus_message_sig(m))};
	GN_TRY(gn_said_parse(gn_fb_bus_message_said(m), &said));
	if (!(said.flags & GN_FB_BUS_FLAG_QUORUM) || said.flags & GN_FB_BUS_FLAG_WILL)
		return GN_USAGE;
	if (gn_fb_bus_message_token(m).len > GN_SAID_TOKEN)
		return GN_TOO_LARGE;
	GN_TRY(gn_said_verify(topic, &said));
	*token = gn_fb_bus_message_token(m);
	*out = said;
	return GN_OK;
}

/* ---- showing a right ---- */

void gn_said_show_sign(const struct gn_sk *key, const struct gn_said_show *show, struct gn_sig *out)
{
	struct gn_slice parts[] = {GN_SLICE(show->topic.b), GN_SLICE(show->root.b),
				   GN_SLICE(show->exporter)};
	gn_sign(key, GN_SAID_SHOW_DOMAIN, parts, GN_COUNT(parts), out);
}

gn_err gn_said_show_check(const struct gn_pk *key, const struct gn_said_show *show,
			  const struct gn_sig *sig)
{
	struct gn_slice parts[] = {GN_SLICE(show->topic.b), GN_SLICE(show->root.b),
				   GN_SLICE(show->exporter)};
	return gn_verify(key, GN_SAID_SHOW_DOMAIN, parts, GN_COUNT(parts), sig);
}
