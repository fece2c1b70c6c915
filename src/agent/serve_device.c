/* Calls about the devices of the person: which there are, and taking a lost one out. What signs is
 * own.c. Rules: AG-118, AG-119. */
#include "agent/serve_int.h"

#include <stdio.h>

static const struct gn_app_kind devices_are = {GN_FB_APP_BODY_APP_DEVICE,
					       GN_FB_APP_DEVICE_BODY_DEVICES_IS};

static bool is_revoked(const struct gn_agent *a, const struct gn_identity_key *k)
{
	return !(k->rights & GN_FB_MEMBER_RIGHT_MESSAGE) || k->expires <= agent_unix(a);
}

static gn_fbref put_devices(struct gn_fbb *b, struct gn_agent *a)
{
	const struct gn_identity *id = agent_own_record(a);
	gn_fbref refs[GN_IDENTITY_KEYS];
	size_t count = 0;
	for (size_t i = 0; id && i < id->key_count; i++) {
		const struct gn_identity_key *k = &id->keys[i];
		struct gn_fb_key key;
		if (k->kind != GN_FB_MEMBER_KIND_DEVICE)
			continue;
		memcpy(key.b, k->pk.b, sizeof key.b);
		struct gn_fb_device_args args = {.key = &key,
						 .name = k->name,
						 .since = k->since,
						 .expires = k->expires,
						 .self = gn_pk_eq(&k->pk, &a->device.sk.pk),
						 .revoked = is_revoked(a, k)};
		refs[count++] = gn_fb_device_make(b, &args);
	}
	struct gn_fb_devices_is_args args = {.devices = {refs, count},
					     .full = gn_agent_vault_has_identity(a->vault)};
	return gn_fb_devices_is_make(b, &args);
}

gn_err agent_call_devices_list(struct agent_request *r)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, devices_are, put_devices(b, r->agent));
	return GN_OK;
}

/* ---- taking one out ---- */

static const struct gn_identity_key *find(const struct gn_agent *a, const struct gn_pk *pk)
{
	const struct gn_identity *id = agent_own_record(a);
	for (size_t i = 0; id && i < id->key_count; i++)
		if (id->keys[i].kind == GN_FB_MEMBER_KIND_DEVICE && gn_pk_eq(&id->keys[i].pk, pk))
			return &id->keys[i];
	return NULL;
}

/* False after answering. */
static bool may_go(struct agent_request *r, const struct gn_pk *pk, const struct gn_identity_key *k)
{
	struct gn_agent *a = r->agent;
	const char *why = NULL;
	gn_err err = GN_STATE;
	if (!a->identity_known || !agent_own_record(a)) {
		err = GN_PENDING;
		why = "the network was not asked yet who your devices are: wait until it is "
		      "online, and try again";
	} else if (gn_pk_eq(pk, &a->device.sk.pk)) {
		why = "this is the device that you ask: take it out at another one";
	} else if (!k || is_revoked(a, k)) {
		err = GN_NOT_FOUND;
		why = k ? "it was taken out already"
			: "no device of that key is listed: geonet "
			  "agent devices";
	} else if (!gn_agent_vault_has_identity(a->vault)) {
		why = "this device has no key of your identity: do it at the one that has, or "
		      "with your 24 words";
	}
	if (why)
		gn_host_error(&r->base, err, "%s", why);
	return !why;
}

gn_err agent_call_device_remove(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_device_remove t = {r->base.table};
	struct gn_slice passphrase = gn_fb_device_remove_passphrase(t);
	struct gn_fb_key key = gn_fb_device_remove_key(t);
	char text[AGENT_APPROVAL_TEXT], name[4 * 64 + 1], hex[17];
	struct gn_pk pk;
	memcpy(pk.b, key.b, sizeof pk.b);
	const struct gn_identity_key *k = find(a, &pk);
	if (!may_go(r, &pk, k))
		return GN_OK;
	gn_hex(gn_slice(pk.b, 8), hex);
	gn_plain(k->name, name, sizeof name);
	snprintf(text, sizeof text, "take the device '%s' (%s) out of your identity", name, hex);
	if (!agent_allowed(r, text, passphrase, gn_fb_device_remove_approval(t)))
		return GN_OK;
	gn_err err = gn_agent_vault_identity(a->vault, passphrase, a->now);
	if (err) {
		gn_host_error(&r->base, err, "%s", gn_agent_vault_why(a->vault));
		return GN_OK;
	}
	GN_TRY(agent_own_revoke(a, &pk));
	gn_host_log(&a->host, GN_LOG_WARN, "identity", "the device %s was taken out", hex);
	return agent_call_devices_list(r);
}

/* ---- telling ---- */

void agent_serve_devices(struct gn_agent *a)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_TOLD,
						GN_FB_APP_TOLD_BODY_TOLD_DEVICE};
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_device_args args = {.devices = put_devices(b, a)};
	a->devices_moved = false;
	agent_told_add(a, kind, gn_fb_told_device_make(b, &args), AGENT_TOLD_DEVICE, 1);
}
