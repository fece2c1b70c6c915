/* The call by which two people compare their safety number. Rule AG-71. */
#include "agent/serve_int.h"

static const struct gn_app_kind safety_is = {GN_FB_APP_BODY_APP_CONTACT,
					     GN_FB_APP_CONTACT_BODY_SAFETY_IS};

/* Digits alone: people write them in groups. */
static bool digits_of(struct gn_slice in, char out[61])
{
	size_t len = 0;
	for (size_t i = 0; i < in.len; i++) {
		char ch = (char)in.p[i];
		if (ch == ' ' || ch == '-' || ch == '\n')
			continue;
		if (ch < '0' || ch > '9' || len == 60)
			return false;
		out[len++] = ch;
	}
	out[len] = 0;
	return len == 60;
}

gn_err agent_call_contact_verify(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_contact_verify t = {r->base.table};
	struct gn_people_contact c;
	struct gn_e2ee_safety safety;
	const char *why;
	char said[61];
	bool asked = gn_fb_contact_verify_has_number(t), equal = false;
	if (!agent_who(r, gn_fb_contact_verify_who(t), &c))
		return GN_OK;
	gn_err err = agent_safety_number(a, &c, &safety, &why);
	if (err) {
		gn_host_error(&r->base, err == GN_NOT_FOUND ? GN_STATE : err, "%s", why);
		return GN_OK;
	}
	if (asked && !digits_of(gn_fb_contact_verify_number(t), said)) {
		gn_host_error(&r->base, GN_USAGE, "a safety number has 60 digits");
		return GN_OK;
	}
	struct gn_pk owner = *c.owner;
	equal = asked && memcmp(said, safety.number, 60) == 0;
	if (equal)
		GN_TRY(agent_safety_equal(a, &c));
	GN_TRY(gn_people_get(a->people, &owner, &c)); /* as they are now */
	struct gn_fb_hash qr;
	memcpy(qr.b, safety.qr.b, sizeof qr.b);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_safety_is_args args = {.contact = agent_put_person(b, a, &c),
					    .number = gn_str(safety.number),
					    .qr = &qr,
					    .equal = equal};
	gn_host_answer(&r->base, safety_is, gn_fb_safety_is_make(b, &args));
	return GN_OK;
}
