/* The engine as a state machine: operations begin and are cancelled, holders answer, lie, are
 * silent or go, time passes, memory fails, in any order. What is shown is signed and of the key
 * that was asked for; at the end nothing is left.
 *
 * Input: steps of an opcode and its bytes, see run(). */
#include "services/apart/testing/holders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_reader in;
static gn_op ops[APART_OPS];
static uint8_t record_room[GN_RECORD_MAX];

static uint8_t next(void)
{
	return gn_read_u8(&in);
}

static struct gn_slice some_record(void)
{
	uint8_t how = next();
	return record_of(&owner, how & 7, how >> 7, record_room);
}

static void begin(void)
{
	struct gn_get_options o = {.quorum = next() % 10, .min_seq = next() & 3};
	gn_op *op = &ops[next() % APART_OPS];
	if (o.quorum & 1)
		(void)!gn_apart_get(a, &key, &o, now, op);
	else
		(void)!gn_apart_put(a, some_record(), next() % 10, now, op);
}

static void lookup_ends(void)
{
	const struct apart_op *o = gn_frame_op_get(&a->frame, ops[next() % APART_OPS], 0);
	if (o && o->find) /* op is its first */
		found(o->op.id, next() % (HOLDERS + 1));
}

static void message(void)
{
	struct gn_slice bytes = gn_read_bytes(&in, next());
	(void)!gn_apart_recv(a, &holder[next() % HOLDERS].pk, bytes, now);
}

static void receipt(unsigned i)
{
	struct gn_receipt r = receipt_by(i, some_record());
	r.seq += next() == 0;
	(void)!ack(i, next() == 0 ? NULL : &r);
}

static void run(void)
{
	unsigned i = next() % HOLDERS;
	switch (next() % 15) {
	case 0: begin(); break;
	case 1: lookup_ends(); break;
	case 2: message(); break;
	case 3: receipt(i); break;
	case 4: (void)!value(i, some_record()); break;
	case 5: (void)!stale(i, some_record(), next()); break;
	case 6: (void)!nodes(i); break;
	case 7: (void)!not_mine(i); break;
	case 8: (void)!refused(i, next()); break;
	case 9: (void)!busy(i); break;
	case 10: gn_apart_peer_down(a, &holder[i].pk, now); break;
	case 11:
		now += next() * GN_SEC / 4;
		gn_apart_tick(a, now);
		break;
	case 12: gn_apart_cancel(a, ops[i]); break;
	case 13: heap.fail_at = next(); break;
	case 14: (void)!version(i, some_record()); break;
	}
	drain();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	in = gn_reader(gn_slice(data, len));
	memset(ops, 0, sizeof ops);
	one_prefix = next() & 1;
	holders_start();
	for (unsigned steps = 0; !in.bad && gn_reader_left(&in) && steps < 400; steps++)
		run();
	heap.fail_at = 0;
	now += 2 * APART_TIME; /* each ends by itself */
	gn_apart_tick(a, now);
	drain();
	GN_ASSERT(gn_apart_ops(a) == 0);
	holders_stop();
	return 0;
}
