/* What both ends of app/1 have alike, inside host: frames that wait to be sent, and the streams of
 * calls with their grants. Pure. */
#ifndef GN_HOST_APP_INT_H
#define GN_HOST_APP_INT_H

#include "host/app.h"
#include "host/limits.h"

/* ---- bytes that wait to be sent ---- */

struct gn_host_out {
	uint8_t *p; /* owned */
	size_t at, len, cap;
	gn_time moved; /* when the other end last took something, or had taken all */
};

/* A whole frame. GN_LIMIT: max bytes wait already; GN_NOMEM. */
GN_MUST gn_err gn_host_out_put(struct gn_host_out *out, struct gn_slice frame, size_t max,
			       gn_time now);
struct gn_slice gn_host_out_bytes(const struct gn_host_out *out);
void gn_host_out_sent(struct gn_host_out *out, size_t len, gn_time now);
void gn_host_out_fini(struct gn_host_out *out);

/* ---- a call's stream (AP-11) ---- */

struct gn_host_flow {
	uint8_t *in; /* owned: what came and was not taken */
	size_t in_at, in_len, in_cap;
	uint32_t in_left;  /* bytes that may still come */
	uint32_t owed;     /* taken and not granted anew */
	uint64_t out_left; /* bytes that may still go */
	bool in_ended, out_ended;
	gn_err in_err; /* why the other end gave it up */
};

void gn_host_flow_init(struct gn_host_flow *flow);
void gn_host_flow_fini(struct gn_host_flow *flow);
/* len bytes come. GN_PROTOCOL: they were not granted, or come after the end. */
GN_MUST gn_err gn_host_flow_come(struct gn_host_flow *flow, size_t len);
/* Keeps them until they are taken. */
GN_MUST gn_err gn_host_flow_keep(struct gn_host_flow *flow, struct gn_slice bytes);
/* len bytes are used up; how many to grant now, 0: later. */
uint32_t gn_host_flow_taken(struct gn_host_flow *flow, size_t len);
/* GN_PROTOCOL: more than any stream has. */
GN_MUST gn_err gn_host_flow_granted(struct gn_host_flow *flow, uint32_t bytes);

/* ---- texts, frames ---- */

/* At most GN_HOST_SAID bytes of a text; absent when it is NULL. */
struct gn_slice gn_host_said(const char *text);
/* AP-4: the error of a number on the wire, which is not 0. */
gn_err gn_host_err_of(uint16_t code);
static inline struct gn_app_kind gn_host_session(enum gn_fb_app_body what)
{
	return (struct gn_app_kind){.area = what};
}
static inline struct gn_app_kind gn_host_streaming(enum gn_fb_app_stream_body what)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_STREAM, what};
}
/* HMAC-SHA-256(secret, word || client's nonce || server's || origin): AP-12. */
void gn_host_proof(const uint8_t secret[32], bool server, const uint8_t client_nonce[32],
		   const uint8_t server_nonce[32], const char *origin, struct gn_hash *out);

/* ---- the server's end ---- */

enum gn_host_app_state { APP_HELLO, APP_PROOF, APP_READY, APP_BYE };

struct app_call {
	uint64_t number;
	gn_time until; /* GN_NEVER: lasts */
	struct gn_app_frame frame;
	uint8_t *bytes; /* owned */
	size_t len;
	bool told; /* its owner knows of it */
	struct gn_host_flow flow;
	bool streams;     /* late by its stream */
	bool came, wants; /* something of its stream came; its owner waits for room */
	struct app_call *next;
};

/* A call that ended before its owner said so. */
struct app_gone {
	uint64_t call;
	gn_err why;
};

struct gn_host_app {
	struct gn_host_app_config config;
	enum gn_host_app_state state;
	bool cut;
	uint32_t frame_max;     /* bytes that the other end takes in a frame */
	uint64_t last;          /* highest number of a call */
	struct app_call *calls; /* oldest first */
	size_t count, bytes;    /* of calls; with what came on their streams */
	struct app_gone gone[GN_HOST_APP_CALLS];
	size_t gone_count;
	uint8_t *in; /* owned */
	size_t in_len, in_cap;
	struct gn_host_out out;
	struct gn_hash proof; /* what AppProof must say */
	uint8_t client[32];   /* who is asked for it, */
	bool named;           /* and proved it */
	struct gn_fbb builder;
	uint8_t storage[GN_HOST_APP_SMALL]; /* for frames of our own: greetings, errors */
	uint8_t *large; /* for the owner's; owned, made when it is first wanted */
};

/* app_out.c */
void gn_host_app_queue(struct gn_host_app *app, struct gn_slice frame, gn_time now);
void gn_host_app_put(struct gn_host_app *app, const struct gn_app_frame *head, const void *args,
		     gn_time now);
void gn_host_app_error(struct gn_host_app *app, uint64_t call, const struct gn_host_app_fault *f,
		       gn_time now);
void gn_host_app_cut(struct gn_host_app *app);
/* app_call.c */
struct app_call **gn_host_app_find(struct gn_host_app *app, uint64_t number);
void gn_host_app_forget(struct gn_host_app *app, struct app_call **link);
/* Answered here; its owner, who knows of it, is told. */
void gn_host_app_give_up(struct gn_host_app *app, struct app_call **link, gn_err why, gn_time now);
void gn_host_app_call_came(struct gn_host_app *app, const struct gn_app_frame *f,
			   struct gn_slice frame, gn_time now);
/* app_stream.c */
void gn_host_app_stream_came(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now);

#endif
