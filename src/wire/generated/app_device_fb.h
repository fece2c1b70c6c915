/* Made by tools/fbc from app_device.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_DEVICE_FB_H
#define GN_WIRE_APP_DEVICE_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_app_device_body {
	GN_FB_APP_DEVICE_BODY_NONE = 0,
	GN_FB_APP_DEVICE_BODY_DEVICES_LIST = 1,
	GN_FB_APP_DEVICE_BODY_DEVICES_IS = 2,
	GN_FB_APP_DEVICE_BODY_DEVICE_REMOVE = 3,
};

/* ---- Device ---- */

struct gn_fb_device {
	struct gn_fbt t;
};
struct gn_fb_device_args {
	const struct gn_fb_key *key;
	/* Its maker's word. */
	struct gn_slice name;
	uint64_t since;
	uint64_t expires;
	/* The one that answers. */
	bool self;
	/* It was taken out, or its time is over. */
	bool revoked;
};
static const struct gn_fb_field gn_fbfields_device[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_device_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_device_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"since", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_device_args, since), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_device_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"self", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_device_args, self), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"revoked", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_device_args, revoked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_device = {"Device", NULL, gn_fbfields_device, 6};

GN_MUST static inline gn_err gn_fb_device_verify(struct gn_slice in, struct gn_fb_device *out)
{
	return gn_fb_verify(in, &gn_fbtype_device, &out->t);
}
static inline gn_fbref gn_fb_device_make(struct gn_fbb *b, const struct gn_fb_device_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_device, args);
}
static inline bool gn_fb_device_has_key(struct gn_fb_device t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_device_key(struct gn_fb_device t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_device_has_name(struct gn_fb_device t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_device_name(struct gn_fb_device t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint64_t gn_fb_device_since(struct gn_fb_device t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_device_expires(struct gn_fb_device t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_device_self(struct gn_fb_device t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_device_revoked(struct gn_fb_device t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}

/* ---- DevicesList ---- */

struct gn_fb_devices_list {
	struct gn_fbt t;
};
struct gn_fb_devices_list_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_devices_list = {"DevicesList", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_devices_list_verify(struct gn_slice in, struct gn_fb_devices_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_devices_list, &out->t);
}
static inline gn_fbref gn_fb_devices_list_make(struct gn_fbb *b, const struct gn_fb_devices_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_devices_list, args);
}

/* ---- DevicesIs ---- */

/* `full`: this device holds the identity's key, so it can take others out. */
struct gn_fb_devices_is {
	struct gn_fbt t;
};
struct gn_fb_devices_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} devices; /* Device */
	bool full;
};
static const struct gn_fb_field gn_fbfields_devices_is[] = {
	{"devices", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_devices_is_args, devices), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_device}, NULL, false},
	{"full", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_devices_is_args, full), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_devices_is = {"DevicesIs", NULL, gn_fbfields_devices_is, 2};

GN_MUST static inline gn_err gn_fb_devices_is_verify(struct gn_slice in, struct gn_fb_devices_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_devices_is, &out->t);
}
static inline gn_fbref gn_fb_devices_is_make(struct gn_fbb *b, const struct gn_fb_devices_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_devices_is, args);
}
static inline bool gn_fb_devices_is_has_devices(struct gn_fb_devices_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_devices_is_devices_len(struct gn_fb_devices_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_device gn_fb_devices_is_devices_at(struct gn_fb_devices_is t, uint32_t i)
{
	return (struct gn_fb_device){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_devices_is_full(struct gn_fb_devices_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- DeviceRemove ---- */

/* Asked of the person, as making a backup is: ApprovalAsked, then again with the passphrase or the
 * approval. DevicesIs. */
struct gn_fb_device_remove {
	struct gn_fbt t;
};
struct gn_fb_device_remove_args {
	const struct gn_fb_key *key;
	struct gn_slice passphrase;
	uint64_t approval;
};
static const struct gn_fb_field gn_fbfields_device_remove[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_device_remove_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_device_remove_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"approval", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_device_remove_args, approval), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_device_remove = {"DeviceRemove", NULL, gn_fbfields_device_remove, 3};

GN_MUST static inline gn_err gn_fb_device_remove_verify(struct gn_slice in, struct gn_fb_device_remove *out)
{
	return gn_fb_verify(in, &gn_fbtype_device_remove, &out->t);
}
static inline gn_fbref gn_fb_device_remove_make(struct gn_fbb *b, const struct gn_fb_device_remove_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_device_remove, args);
}
static inline bool gn_fb_device_remove_has_key(struct gn_fb_device_remove t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_device_remove_key(struct gn_fb_device_remove t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_device_remove_has_passphrase(struct gn_fb_device_remove t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_device_remove_passphrase(struct gn_fb_device_remove t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint64_t gn_fb_device_remove_approval(struct gn_fb_device_remove t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- AppDevice ---- */

struct gn_fb_app_device {
	struct gn_fbt t;
};
struct gn_fb_app_device_args {
	uint8_t body_type; /* GN_FB_APP_DEVICE_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_device[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_device_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_device_args, body), 3, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_devices_list, &gn_fbtype_devices_is, &gn_fbtype_device_remove}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_device = {"AppDevice", NULL, gn_fbfields_app_device, 2};

GN_MUST static inline gn_err gn_fb_app_device_verify(struct gn_slice in, struct gn_fb_app_device *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_device, &out->t);
}
static inline gn_fbref gn_fb_app_device_make(struct gn_fbb *b, const struct gn_fb_app_device_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_device, args);
}
static inline bool gn_fb_app_device_has_body(struct gn_fb_app_device t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_device_body_type(struct gn_fb_app_device t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_devices_list gn_fb_app_device_body_as_devices_list(struct gn_fb_app_device t)
{
	return (struct gn_fb_devices_list){gn_fbt_member(t.t, 1, GN_FB_APP_DEVICE_BODY_DEVICES_LIST)};
}
static inline struct gn_fb_devices_is gn_fb_app_device_body_as_devices_is(struct gn_fb_app_device t)
{
	return (struct gn_fb_devices_is){gn_fbt_member(t.t, 1, GN_FB_APP_DEVICE_BODY_DEVICES_IS)};
}
static inline struct gn_fb_device_remove gn_fb_app_device_body_as_device_remove(struct gn_fb_app_device t)
{
	return (struct gn_fb_device_remove){gn_fbt_member(t.t, 1, GN_FB_APP_DEVICE_BODY_DEVICE_REMOVE)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_device[] = {
	&gn_fbtype_device,
	&gn_fbtype_devices_list,
	&gn_fbtype_devices_is,
	&gn_fbtype_device_remove,
	&gn_fbtype_app_device,
};

#endif
