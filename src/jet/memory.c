/* Bytes of streams that a session holds: received and not read, written and not acknowledged
 * (JT-66, GU-1).
 *
 *   0 .. reserve   the session's own, each way
 *   above          counted for its key and prefix, in steps, out of what the endpoint has for all
 *                  that way
 *
 * 1. charged is what a share counts for the session: a multiple of the step, never less than
 *    what lies above the reserve of that way. Neither way takes the other's room: what peers
 *    leave unread slows nothing that is sent.
 * 2. What cannot be counted is not held: a piece that comes is refused like one hole too many, a
 *    write is cut. Neither ends a session, and the reserve keeps it going.
 * 3. Rings are counted by their capacity, so by the furthest byte; hence what they have above
 *    the reserve is bought by bytes put into them, read or not. A byte far ahead, on however
 *    many streams, gets none of it; loss and reordering do not meet the rule, as a window brings
 *    what it spans but for what was lost. */
#include "jet/memory_int.h"
#include "jet/session_int.h"

static uint64_t above_reserve(const struct jet_session *s, enum jet_side side, uint64_t more)
{
	uint64_t bytes = (side == JET_IN ? s->rx_held : s->tx_buffered) + more,
		 own = s->jet->reserve[side];
	return bytes > own ? bytes - own : 0;
}

static uint64_t due_charge(const struct jet_session *s, enum jet_side side, uint64_t more)
{
	return (above_reserve(s, side, more) + JET_MEMORY_STEP - 1) / JET_MEMORY_STEP *
	       JET_MEMORY_STEP;
}

static void set_charged(struct jet_session *s, enum jet_side side, uint64_t charged)
{
	GN_ASSERT(charged % JET_MEMORY_STEP == 0);
	s->charged[side] = charged;
	s->jet->counters[side == JET_IN ? JET_C_BYTES_HELD_IN : JET_C_BYTES_HELD_OUT] =
		s->jet->memory[side].used;
}

static uint64_t part_of(uint64_t total, uint64_t parts)
{
	GN_ASSERT(parts > 0);
	return total / parts > JET_MEMORY_STEP ? total / parts : JET_MEMORY_STEP;
}

void jet_memory_init(struct gn_jet *jet, uint32_t holders_max)
{
	static const uint64_t key_parts[] = {JET_RECV_KEY_PART, JET_SEND_KEY_PART},
			      reserves[] = {JET_RECV_RESERVE, JET_SEND_RESERVE};
	uint64_t total = jet->config.stream_memory;
	for (enum jet_side side = JET_IN; side <= JET_OUT; side++) {
		struct gn_share_config share = {
			.total = total,
			.per_key = part_of(total, key_parts[side]),
			.per_prefix = part_of(total, JET_MEMORY_PREFIX_PART),
			.crowded = total / JET_MEMORY_CROWD_PART,
			.holders_max = holders_max,
			.count_local = jet->config.count_local,
		};
		jet->reserve[side] = reserves[side];
		gn_share_init(&jet->memory[side], &jet->env, &share);
	}
}

void jet_memory_fini(struct gn_jet *jet)
{
	for (enum jet_side side = JET_IN; side <= JET_OUT; side++) {
		GN_ASSERT(jet->memory[side].used == 0);
		gn_share_fini(&jet->memory[side]);
	}
}

static gn_err take_share(struct jet_session *s, enum jet_side side, uint64_t more)
{
	uint64_t want = due_charge(s, side, more);
	if (want <= s->charged[side])
		return GN_OK;
	GN_TRY(gn_share_take(&s->jet->memory[side], &s->holder, want - s->charged[side]));
	set_charged(s, side, want);
	return GN_OK;
}

gn_err jet_memory_receive(struct jet_session *s, uint64_t growth, uint64_t bytes)
{
	if (above_reserve(s, JET_IN, growth) > JET_RECV_SPREAD * (s->rx_came + bytes))
		return GN_TOO_LARGE;
	return take_share(s, JET_IN, growth);
}

gn_err jet_memory_write(struct jet_session *s, uint64_t bytes)
{
	return take_share(s, JET_OUT, bytes);
}

void jet_memory_settle(struct jet_session *s)
{
	for (enum jet_side side = JET_IN; side <= JET_OUT; side++) {
		uint64_t want = due_charge(s, side, 0), charged = s->charged[side];
		GN_ASSERT(want <= charged);
		if (want == charged)
			continue;
		gn_share_give(&s->jet->memory[side], &s->holder, charged - want);
		set_charged(s, side, want);
	}
}

uint64_t jet_memory_writable(const struct jet_session *s, uint64_t most)
{
	uint64_t own = s->jet->reserve[JET_OUT] + s->charged[JET_OUT];
	if (most <= own)
		return most;
	uint64_t room = gn_share_room(&s->jet->memory[JET_OUT], &s->holder);
	own += room - room % JET_MEMORY_STEP;
	return most < own ? most : own;
}

void jet_memory_validate(const struct gn_jet *jet)
{
	for (enum jet_side side = JET_IN; side <= JET_OUT; side++) {
		uint64_t charged = 0;
		gn_share_validate(&jet->memory[side]);
		for (uint32_t i = 0; i < jet->ids.count; i++) {
			const struct jet_session *s =
				*(struct jet_session *const *)gn_map_value_at(&jet->ids, i);
			GN_ASSERT(due_charge(s, side, 0) <= s->charged[side] &&
				  s->charged[side] % JET_MEMORY_STEP == 0);
			charged += s->charged[side];
		}
		GN_ASSERT(charged <= jet->memory[side].used); /* a test may hold some */
	}
}
