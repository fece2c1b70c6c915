/* Bytes of streams that a session holds: received and not read, written and not acknowledged (JT-66, GU-1).
 *
 *   0 .. reserve            the session's own, each way
 *   above                   counted for its key and prefix, in steps, out of what the endpoint has for all
 *
 * 1. charged is what the share counts for the session: a multiple of the step, never less than what lies above the
 * reserves.
 * 2. What cannot be counted is not held: a piece that comes is refused like one hole too many, a write is cut. Neither
 * ends a session, and the reserve keeps it going. */
#include "jet/session_int.h"

static uint64_t above(uint64_t bytes, uint64_t reserve)
{
	return bytes > reserve ? bytes - reserve : 0;
}

static uint64_t due(const struct jet_session *s, uint64_t received, uint64_t written)
{
	uint64_t bytes = above(received, s->jet->recv_reserve) + above(written, s->jet->send_reserve);
	return (bytes + JET_MEMORY_STEP - 1) / JET_MEMORY_STEP * JET_MEMORY_STEP;
}

static void set_charged(struct jet_session *s, uint64_t charged)
{
	s->charged = charged;
	s->jet->counters[JET_C_STREAM_BYTES] = s->jet->memory.used;
}

void jet_memory_init(struct gn_jet *jet, uint32_t holders_max)
{
	uint64_t total = jet->config.stream_memory, least = JET_MEMORY_STEP;
	uint64_t key = total / JET_MEMORY_KEY_PART, prefix = total / JET_MEMORY_PREFIX_PART;
	struct gn_share_config share = {
		.total = total,
		.per_key = key > least ? key : least,
		.per_prefix = prefix > least ? prefix : least,
		.crowded = total - total / 4,
		.holders_max = holders_max,
		.count_local = jet->config.count_local,
	};
	jet->recv_reserve = JET_RECV_RESERVE;
	jet->send_reserve = JET_SEND_RESERVE;
	gn_share_init(&jet->memory, &jet->env, &share);
}

gn_err jet_memory_take(struct jet_session *s, uint64_t received, uint64_t written)
{
	uint64_t want = due(s, s->rx_held + received, s->tx_buffered + written);
	if (want <= s->charged)
		return GN_OK;
	GN_TRY(gn_share_take(&s->jet->memory, &s->holder, want - s->charged));
	set_charged(s, want);
	return GN_OK;
}

void jet_memory_settle(struct jet_session *s)
{
	uint64_t want = due(s, s->rx_held, s->tx_buffered);
	GN_ASSERT(want <= s->charged);
	if (want == s->charged)
		return;
	gn_share_give(&s->jet->memory, &s->holder, s->charged - want);
	set_charged(s, want);
}

uint64_t jet_memory_writable(const struct jet_session *s, uint64_t most)
{
	uint64_t received = above(s->rx_held, s->jet->recv_reserve);
	uint64_t own = s->jet->send_reserve + s->charged - received;
	if (most <= own)
		return most;
	uint64_t room = gn_share_room(&s->jet->memory, &s->holder);
	own += room - room % JET_MEMORY_STEP;
	return most < own ? most : own;
}

void jet_memory_validate(const struct gn_jet *jet)
{
	uint64_t charged = 0;
	gn_share_validate(&jet->memory);
	for (uint32_t i = 0; i < jet->ids.count; i++) {
		const struct jet_session *s = *(struct jet_session *const *)gn_map_value_at(&jet->ids, i);
		GN_ASSERT(due(s, s->rx_held, s->tx_buffered) <= s->charged && s->charged % JET_MEMORY_STEP == 0);
		charged += s->charged;
	}
	GN_ASSERT(charged <= jet->memory.used); /* a test may hold some */
}
