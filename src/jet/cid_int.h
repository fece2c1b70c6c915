/* Connection ids (cid.c). */
#ifndef GN_JET_CID_INT_H
#define GN_JET_CID_INT_H

#include "jet/frame_int.h"
#include "jet/limits.h"
#include "jet/space_int.h"

struct jet_out;
struct jet_session;

/* A connection id and the path it names. */
struct jet_cid {
	bool set;
	uint32_t path;
	uint8_t cid[JET_CID_LEN];
};

/* Where a connection id leads. */
struct jet_cid_ref {
	struct jet_session *session;
	uint32_t path;
};

/* cid NULL: draw one */
GN_MUST gn_err jet_cid_issue(struct jet_session *s, uint32_t path, const uint8_t *cid);
void jet_cid_issue_ahead(struct jet_session *s);
/* The lowest id of a path that we may begin and never have; 0: there is none. */
uint32_t jet_cid_unused(const struct jet_session *s);
void jet_cid_forget_all(struct jet_session *s);
gn_err jet_cid_on_new(struct jet_session *s, const struct jet_frame *f);
/* Ours: the peer may use it no more. */
void jet_cid_forget(struct jet_session *s, struct jet_cid *slot);
void jet_cid_retire(struct jet_session *s, uint32_t path);
/* The peer sends on a path that we have retired: tell it again. */
void jet_cid_remind(struct jet_session *s, uint32_t path);
void jet_cid_write(struct jet_session *s, struct jet_out *o);
void jet_cid_frame_lost(struct jet_session *s, const struct jet_sent_frame *f);

#endif
