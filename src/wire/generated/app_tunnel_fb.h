/* Made by tools/fbc from app_tunnel.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_TUNNEL_FB_H
#define GN_WIRE_APP_TUNNEL_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_app_tunnel_body {
	GN_FB_APP_TUNNEL_BODY_NONE = 0,
	GN_FB_APP_TUNNEL_BODY_TUNNEL_DIAL = 1,
	GN_FB_APP_TUNNEL_BODY_TUNNEL_LISTEN = 2,
	GN_FB_APP_TUNNEL_BODY_TUNNEL_LISTENING = 3,
	GN_FB_APP_TUNNEL_BODY_TUNNEL_IS = 4,
};

/* ---- TunnelDial ---- */

/* To the program that listens at that node: TunnelIs when it has taken it, then bytes both ways on this call's stream,
 * AppOk when both have ended and what this side wrote is there. */
struct gn_fb_tunnel_dial {
	struct gn_fbt t;
};
struct gn_fb_tunnel_dial_args {
	const struct gn_fb_key *key;
	/* 1 to 255 bytes; what begins with "forward/" is the far node's own. */
	struct gn_slice service;
	/* 2 (interactive) or 3 (files); 0: 3. */
	uint8_t class;
	/* Until it is taken; 0: 15,000; 60,000 at most. */
	uint32_t patience_ms;
	/* A chain that gives the right, shown to the far node. */
	struct gn_slice token;
	/* Which ways the session may take, as long as the call lasts (docs/spec/reach.md RE-11). */
	struct gn_slice rule;
};
static const struct gn_fb_field gn_fbfields_tunnel_dial[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_tunnel_dial_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"service", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_tunnel_dial_args, service), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_tunnel_dial_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"patience_ms", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_tunnel_dial_args, patience_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_tunnel_dial_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_tunnel_dial_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_tunnel_dial = {"TunnelDial", NULL, gn_fbfields_tunnel_dial, 6};

GN_MUST static inline gn_err gn_fb_tunnel_dial_verify(struct gn_slice in, struct gn_fb_tunnel_dial *out)
{
	return gn_fb_verify(in, &gn_fbtype_tunnel_dial, &out->t);
}
static inline gn_fbref gn_fb_tunnel_dial_make(struct gn_fbb *b, const struct gn_fb_tunnel_dial_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_tunnel_dial, args);
}
static inline bool gn_fb_tunnel_dial_has_key(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_tunnel_dial_key(struct gn_fb_tunnel_dial t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_tunnel_dial_has_service(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_tunnel_dial_service(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_tunnel_dial_class(struct gn_fb_tunnel_dial t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_tunnel_dial_patience_ms(struct gn_fb_tunnel_dial t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_tunnel_dial_has_token(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_tunnel_dial_token(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_tunnel_dial_has_rule(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_tunnel_dial_rule(struct gn_fb_tunnel_dial t)
{
	return gn_fbt_bytes(t.t, 5);
}

/* ---- TunnelListen ---- */

/* Takes one caller: TunnelListening at once, then as TunnelDial. Several calls take several. */
struct gn_fb_tunnel_listen {
	struct gn_fbt t;
};
struct gn_fb_tunnel_listen_args {
	struct gn_slice service;
	/* From this node alone. */
	const struct gn_fb_key *key;
	/* As in TunnelDial; without `key` for whoever comes, as soon as they do: who came by another way is not
	 * taken, and their session ends. */
	struct gn_slice rule;
};
static const struct gn_fb_field gn_fbfields_tunnel_listen[] = {
	{"service", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_tunnel_listen_args, service), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_tunnel_listen_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_tunnel_listen_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_tunnel_listen = {"TunnelListen", NULL, gn_fbfields_tunnel_listen, 3};

GN_MUST static inline gn_err gn_fb_tunnel_listen_verify(struct gn_slice in, struct gn_fb_tunnel_listen *out)
{
	return gn_fb_verify(in, &gn_fbtype_tunnel_listen, &out->t);
}
static inline gn_fbref gn_fb_tunnel_listen_make(struct gn_fbb *b, const struct gn_fb_tunnel_listen_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_tunnel_listen, args);
}
static inline bool gn_fb_tunnel_listen_has_service(struct gn_fb_tunnel_listen t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_tunnel_listen_service(struct gn_fb_tunnel_listen t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_tunnel_listen_has_key(struct gn_fb_tunnel_listen t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_tunnel_listen_key(struct gn_fb_tunnel_listen t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_tunnel_listen_has_rule(struct gn_fb_tunnel_listen t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_tunnel_listen_rule(struct gn_fb_tunnel_listen t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- TunnelListening ---- */

struct gn_fb_tunnel_listening {
	struct gn_fbt t;
};
struct gn_fb_tunnel_listening_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_tunnel_listening = {"TunnelListening", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_tunnel_listening_verify(struct gn_slice in, struct gn_fb_tunnel_listening *out)
{
	return gn_fb_verify(in, &gn_fbtype_tunnel_listening, &out->t);
}
static inline gn_fbref gn_fb_tunnel_listening_make(struct gn_fbb *b, const struct gn_fb_tunnel_listening_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_tunnel_listening, args);
}

/* ---- TunnelIs ---- */

/* It stands; told before any byte. */
struct gn_fb_tunnel_is {
	struct gn_fbt t;
};
struct gn_fb_tunnel_is_args {
	/* The peer's node, and this one. */
	const struct gn_fb_key *key;
	const struct gn_fb_key *own;
	/* Of the session: the same at both ends and nowhere else. */
	const struct gn_fb_hash *exporter;
	/* This side dialled. */
	bool opened;
	struct gn_slice service;
};
static const struct gn_fb_field gn_fbfields_tunnel_is[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_tunnel_is_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"own", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_tunnel_is_args, own), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"exporter", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_tunnel_is_args, exporter), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"opened", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_tunnel_is_args, opened), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"service", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_tunnel_is_args, service), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_tunnel_is = {"TunnelIs", NULL, gn_fbfields_tunnel_is, 5};

GN_MUST static inline gn_err gn_fb_tunnel_is_verify(struct gn_slice in, struct gn_fb_tunnel_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_tunnel_is, &out->t);
}
static inline gn_fbref gn_fb_tunnel_is_make(struct gn_fbb *b, const struct gn_fb_tunnel_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_tunnel_is, args);
}
static inline bool gn_fb_tunnel_is_has_key(struct gn_fb_tunnel_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_tunnel_is_key(struct gn_fb_tunnel_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_tunnel_is_has_own(struct gn_fb_tunnel_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_tunnel_is_own(struct gn_fb_tunnel_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_tunnel_is_has_exporter(struct gn_fb_tunnel_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_tunnel_is_exporter(struct gn_fb_tunnel_is t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_tunnel_is_opened(struct gn_fb_tunnel_is t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_tunnel_is_has_service(struct gn_fb_tunnel_is t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_tunnel_is_service(struct gn_fb_tunnel_is t)
{
	return gn_fbt_bytes(t.t, 4);
}

/* ---- AppTunnel ---- */

struct gn_fb_app_tunnel {
	struct gn_fbt t;
};
struct gn_fb_app_tunnel_args {
	uint8_t body_type; /* GN_FB_APP_TUNNEL_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_tunnel[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_tunnel_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_tunnel_args, body), 4, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_tunnel_dial, &gn_fbtype_tunnel_listen, &gn_fbtype_tunnel_listening, &gn_fbtype_tunnel_is}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_tunnel = {"AppTunnel", NULL, gn_fbfields_app_tunnel, 2};

GN_MUST static inline gn_err gn_fb_app_tunnel_verify(struct gn_slice in, struct gn_fb_app_tunnel *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_tunnel, &out->t);
}
static inline gn_fbref gn_fb_app_tunnel_make(struct gn_fbb *b, const struct gn_fb_app_tunnel_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_tunnel, args);
}
static inline bool gn_fb_app_tunnel_has_body(struct gn_fb_app_tunnel t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_tunnel_body_type(struct gn_fb_app_tunnel t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_tunnel_dial gn_fb_app_tunnel_body_as_tunnel_dial(struct gn_fb_app_tunnel t)
{
	return (struct gn_fb_tunnel_dial){gn_fbt_member(t.t, 1, GN_FB_APP_TUNNEL_BODY_TUNNEL_DIAL)};
}
static inline struct gn_fb_tunnel_listen gn_fb_app_tunnel_body_as_tunnel_listen(struct gn_fb_app_tunnel t)
{
	return (struct gn_fb_tunnel_listen){gn_fbt_member(t.t, 1, GN_FB_APP_TUNNEL_BODY_TUNNEL_LISTEN)};
}
static inline struct gn_fb_tunnel_listening gn_fb_app_tunnel_body_as_tunnel_listening(struct gn_fb_app_tunnel t)
{
	return (struct gn_fb_tunnel_listening){gn_fbt_member(t.t, 1, GN_FB_APP_TUNNEL_BODY_TUNNEL_LISTENING)};
}
static inline struct gn_fb_tunnel_is gn_fb_app_tunnel_body_as_tunnel_is(struct gn_fb_app_tunnel t)
{
	return (struct gn_fb_tunnel_is){gn_fbt_member(t.t, 1, GN_FB_APP_TUNNEL_BODY_TUNNEL_IS)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_tunnel[] = {
	&gn_fbtype_tunnel_dial,
	&gn_fbtype_tunnel_listen,
	&gn_fbtype_tunnel_listening,
	&gn_fbtype_tunnel_is,
	&gn_fbtype_app_tunnel,
};

#endif
