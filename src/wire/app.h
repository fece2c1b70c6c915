/* app/1 on the wire: one frame is its length as 4 bytes, big-endian (at most 1 MiB, so the first
 * byte is 0 and never a letter of HTTP), then a FlatBuffer AppFrame. A frame carries a session
 * message (hello, error, ...) or a call, answer or event of an area. What the bytes mean for a
 * connection is host's (host/app.h); here they are only read and made, by whoever speaks app/1.
 * Nothing is allocated. Rules: docs/spec/app.md AP-1..AP-4. */
#ifndef GN_WIRE_APP_H
#define GN_WIRE_APP_H

#include "wire/generated/app_agent_fb.h"
#include "wire/generated/app_box_fb.h"
#include "wire/generated/app_device_fb.h"
#include "wire/generated/app_fb.h"
#include "wire/generated/app_node_fb.h"
#include "wire/generated/app_site_fb.h"
#include "wire/generated/app_topic_fb.h"
#include "wire/generated/app_tunnel_fb.h"
#include "wire/wire.h"

#define GN_APP_VERSION 1
#define GN_APP_PREFIX 4 /* bytes of the length before a frame on a byte stream */

/* What a frame is about. Session messages have member 0 and the number of their table in AppBody
 * as area; others the number of their area, and within it. */
struct gn_app_kind {
	unsigned area, member; /* enum gn_fb_app_body; enum gn_fb_app_<area>_body */
};

struct gn_app_frame {
	uint64_t call;        /* 0: an event, or a session message */
	uint64_t cursor;      /* of an event; 0: not replayed */
	uint32_t deadline_ms; /* of a call; 0: its default */
	bool more;            /* further answers of this call follow */
	struct gn_app_kind kind;
	const struct gn_fb_type *type; /* NULL: this version does not know the kind */
	struct gn_fbt table;           /* borrows the bytes */
};

/* The whole frame at the start of a byte stream. GN_AGAIN: not all there; GN_TOO_LARGE: longer
 * than max bytes; GN_MALFORMED: empty. *frame is without its length; *used counts it. */
GN_MUST gn_err gn_app_frame_split(struct gn_slice in, size_t max, struct gn_slice *frame,
				  size_t *used);
/* GN_MALFORMED. Unknown kinds open, with type NULL. */
GN_MUST gn_err gn_app_frame_open(struct gn_slice frame, struct gn_app_frame *out);
/* The table that a kind stands for; NULL: unknown. */
const struct gn_fb_type *gn_app_type(struct gn_app_kind kind);
/* By the names of its tables: "AppRecord", "RecordGet". False: there is none. */
bool gn_app_kind_named(struct gn_slice area, struct gn_slice call, struct gn_app_kind *out);

/* ---- making ---- */

/* A builder for one frame in the caller's storage, which is filled from its end; children and the
 * frame's own table are made with it first. */
struct gn_fbb gn_app_fbb(uint8_t *storage, size_t cap);
/* The frame around table, with its length in front; head->type and table are not read.
 * GN_TOO_LARGE: the storage was too small. */
GN_MUST gn_err gn_app_frame_make(struct gn_fbb *b, const struct gn_app_frame *head, gn_fbref table,
				 struct gn_slice *out);
/* One of a table without children. */
GN_MUST gn_err gn_app_frame_of(uint8_t *storage, size_t cap, const struct gn_app_frame *head,
			       const void *args, struct gn_slice *out);

#endif
