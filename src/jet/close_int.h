/* How sessions end (close.c). */
#ifndef GN_JET_CLOSE_INT_H
#define GN_JET_CLOSE_INT_H

#include "jet/frame_int.h"
#include "jet/seats_int.h"

struct jet_session;

/* Codes of a CLOSE by jet (JT-95). */
enum jet_code {
	JET_E_NONE = 0,
	JET_E_INTERNAL = 1,
	JET_E_BUSY = 2,
	JET_E_FLOW = 3,
	JET_E_STREAM_LIMIT = 4,
	JET_E_STREAM_STATE = 5,
	JET_E_FINAL_SIZE = 6,
	JET_E_FRAME = 7,
	JET_E_PARAMS = 8,
	JET_E_CID = 9,
	JET_E_PROTOCOL = 10,
	JET_E_KEY = 11,
	JET_E_TLS = 12,
	JET_E_AEAD_LIMIT = 13,
	JET_E_NOMEM = 14,
	JET_E_VERSION = 15,
	JET_E_TIMEOUT = 16,
	JET_E_ALERT = 256, /* + TLS alert */
};

/* We end it: err is what the application is told, code and reason what the peer is told. Returns
 * err. */
gn_err jet_close_local(struct jet_session *s, gn_err err, bool app, uint32_t code,
		       const char *reason, gn_time now);
/* The peer broke a rule (jet_close_local with GN_PROTOCOL). */
gn_err jet_fault(struct jet_session *s, enum jet_code code, const char *reason);
/* An error of our own or of the peer, by its value. */
gn_err jet_fail(struct jet_session *s, gn_err err);
/* The peer ended it. */
void jet_close_remote(struct jet_session *s, const struct jet_frame *f, gn_time now);
/* It counts as open, half open or dialled no more, and has no seat. */
void jet_close_leave(struct jet_session *s);
/* It gave its place to another one; nothing happens when nobody did. */
void jet_close_leaver(const struct jet_leaver *leaver, gn_time now);
/* It ends without a word to the peer (timeouts). */
void jet_close_silent(struct jet_session *s, gn_err err, gn_time now);

#endif
