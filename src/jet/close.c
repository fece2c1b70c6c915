/* How sessions end (RFC 9000 section 10, JT-90 on).
 *
 *   HANDSHAKE, OPEN -> CLOSING [jet_close_local: CLOSE goes out, again when packets keep coming]
 *                   -> freed after 3 PTO
 *   HANDSHAKE, OPEN -> DRAINING [jet_close_remote: silent] -> freed after 3 PTO
 *   HANDSHAKE, OPEN -> DRAINING [jet_close_silent: timeouts] -> freed at once
 *
 * 1. The application gets exactly one CLOSED, after everything else of the session; then the id
 *    is dead.
 * 2. Here a session is marked and stops to count. What it held is given back at the end of the
 *    call (jet.c), so whoever finds the fault may be anywhere and nothing dies under them.
 * 3. A closing session keeps keys and the current path, nothing of streams or datagrams. */
#include "jet/close_int.h"
#include "jet/mark_int.h"
#include "jet/parked_int.h"
#include "jet/seats_int.h"
#include "jet/session_int.h"

static const struct {
	gn_err err;
	uint8_t code;
} codes[] = {{GN_KEY, JET_E_KEY},          {GN_NOMEM, JET_E_NOMEM},     {GN_VERSION, JET_E_VERSION},
	     {GN_BUSY, JET_E_BUSY},        {GN_TIMEOUT, JET_E_TIMEOUT}, {GN_CRYPTO, JET_E_TLS},
	     {GN_PROTOCOL, JET_E_PROTOCOL}};

static uint32_t code_of(gn_err err)
{
	for (size_t i = 0; i < GN_COUNT(codes); i++)
		if (codes[i].err == err)
			return codes[i].code;
	return JET_E_INTERNAL;
}

/* What a CLOSE by the peer's jet means to us. */
static gn_err err_of(uint64_t code)
{
	switch (code) {
	case JET_E_NONE: return GN_CLOSED;
	case JET_E_KEY: return GN_KEY;
	case JET_E_VERSION: return GN_VERSION;
	case JET_E_BUSY: return GN_BUSY;
	case JET_E_TIMEOUT: return GN_TIMEOUT;
	case JET_E_NOMEM:
	case JET_E_INTERNAL:
	case JET_E_AEAD_LIMIT: return GN_CLOSED;
	default: return GN_PROTOCOL;
	}
}

/* Closed sessions whose memory is still here. */
static uint32_t lingering_count(const struct gn_jet *jet)
{
	return jet->session_count - jet->half.count - jet->open.count - jet->dials;
}

static uint32_t linger_max(const struct gn_jet *jet)
{
	uint32_t part = jet->config.sessions_max / JET_LINGER_PART;
	return part > JET_LINGER_MIN ? part : JET_LINGER_MIN;
}

void jet_close_leave(struct jet_session *s)
{
	GN_ASSERT(!s->half_open || s->jet->half_open > 0);
	if (s->half_open) {
		s->half_open = false;
		s->jet->half_open--;
	}
	if (s->dial) {
		s->dial = false;
		s->jet->dials--;
	}
	jet_seat_give(s);
	jet_parked_give(s);
}

/* What a session ends with: for the application, and the words of the CLOSE. */
struct ending {
	gn_err err;
	bool app; /* code and reason are an application's */
	uint32_t code;
	struct gn_slice reason;
};

static void end_session(struct jet_session *s, enum jet_state state, const struct ending *end,
			gn_time now)
{
	gn_err err = end->err;
	struct gn_slice reason = end->reason;
	GN_ASSERT(jet_alive(s) && s->path);
	static const enum jet_counter by_class[] = {JET_C_FAULT_OTHER, JET_C_FAULT_PROTOCOL,
						    JET_C_FAULT_KEY, JET_C_FAULT_TIMEOUT};
	int which = err == GN_PROTOCOL ? 1 : err == GN_KEY ? 2 : err == GN_TIMEOUT ? 3 : 0;
	if (err != GN_OK && err != GN_CLOSED)
		jet_count(s->jet, by_class[which]);
	s->state = (uint8_t)state;
	s->close_err = err;
	s->close_app = end->app;
	s->close_code = end->code;
	s->reason_len = (uint8_t)(reason.len < JET_REASON_MAX ? reason.len : JET_REASON_MAX);
	if (s->reason_len)
		memcpy(s->reason, reason.p, s->reason_len);
	s->drain_at = now + 3 * jet_pto(s->path, JET_APP);
	jet_close_leave(s);
	jet_list_append(&s->jet->closed, &s->closed);
	if (lingering_count(s->jet) > linger_max(s->jet))
		s->drain_at = now;
	jet_session_event(s, JET_EV_CLOSED);
	jet_wake(s);
}

gn_err jet_close_local(struct jet_session *s, gn_err err, bool app, uint32_t code,
		       const char *reason, gn_time now)
{
	GN_ASSERT(err != GN_AGAIN);
	if (!jet_alive(s))
		return err;
	struct ending end = {.err = err, .app = app, .code = code, .reason = gn_str(reason)};
	end_session(s, JET_S_CLOSING, &end, now);
	s->close_due = !jet_knocked(s);
	return err;
}

gn_err jet_fault(struct jet_session *s, enum jet_code code, const char *reason)
{
	GN_ASSERT(code != JET_E_NONE && reason);
	gn_log(s->jet->env.log, GN_LOG_INFO, "jet", "session.fault", "session %llu: %s",
	       (unsigned long long)s->id, reason);
	return jet_close_local(s, GN_PROTOCOL, false, (uint32_t)code, reason, s->jet->now);
}

gn_err jet_fail(struct jet_session *s, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	if (err == GN_NOMEM)
		jet_count(s->jet, JET_C_NOMEM);
	return jet_close_local(s, err, false, code_of(err), gn_err_text(err), s->jet->now);
}

void jet_close_remote(struct jet_session *s, const struct jet_frame *f, gn_time now)
{
	GN_ASSERT(f->type == JET_F_CLOSE || f->type == JET_F_CLOSE_APP);
	bool app = f->type == JET_F_CLOSE_APP;
	struct ending end = {.err = app ? GN_CLOSED : err_of(f->value),
			     .app = app,
			     .code = (uint32_t)f->value,
			     .reason = f->data};
	if (jet_alive(s))
		end_session(s, JET_S_DRAINING, &end, now);
}

void jet_close_leaver(const struct jet_leaver *leaver, gn_time now)
{
	GN_ASSERT(!leaver->session || (!leaver->session->seats && leaver->reason));
	struct jet_session *s = leaver->session;
	if (!s)
		return;
	jet_count(s->jet, JET_C_GAVE_WAY);
	jet_close_local(s, GN_BUSY, false, JET_E_BUSY, leaver->reason, now);
	s->drain_at = now; /* one CLOSE, then its memory goes too */
}

void jet_close_silent(struct jet_session *s, gn_err err, gn_time now)
{
	GN_ASSERT(err != GN_OK);
	if (!jet_alive(s))
		return;
	struct ending end = {.err = err, .code = code_of(err), .reason = gn_str(gn_err_text(err))};
	end_session(s, JET_S_DRAINING, &end, now);
	s->drain_at = now;
}
