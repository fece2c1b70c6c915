/* The engine as a state machine: any order of hellos, charges, debits, measured load, time
 * passing, operators' words. After each step its invariants hold, and what it promises about the
 * last step does. Input: operations of six bytes. */
#include "guard/guard_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;

struct op {
	uint8_t kind, who, how;
	uint32_t amount;
};

static struct gn_addr address(uint8_t who)
{
	return gn_addr_v4(who & 0x80 ? 127 : 198, 51, who >> 4 & 7, who & 15, 4433);
}

static struct gn_guard_subject subject(const struct op *op)
{
	struct gn_guard_subject s = {.kind = (enum gn_guard_kind)(op->how % 3),
				     .rate = 1u + op->how * 1000u};
	s.addr = address(op->who);
	s.id[0] = op->who;
	s.burst = (gn_time)(1 + op->how) * GN_SEC;
	return s;
}

static void hello(struct gn_guard *g, const struct op *op, gn_time now)
{
	struct gn_addr from = address(op->who);
	uint8_t token[GN_COOKIE_LEN + GN_PASS_LEN];
	struct gn_guard_hello h = {.from = &from, .cid = {op->how}, .must_prove = op->how & 1};
	struct gn_guard_verdict v;
	if (op->how & 2) {
		gn_guard_cookie(g, &from, h.cid, h.cid, op->amount & 7,
				now - (op->amount & 8 ? 20 * GN_SEC : 0), token);
		h.token = gn_slice(token, GN_COOKIE_LEN);
	}
	if (op->how & 4) {
		gn_guard_pass(g, &from, now, token + GN_COOKIE_LEN);
		h.token = gn_slice(token, op->how & 2 ? sizeof token : 0);
	}
	gn_guard_hello(g, &h, now, &v);
	GN_ASSERT((v.answer == GN_GUARD_ADMIT) == (v.err == GN_OK));
	GN_ASSERT(v.answer != GN_GUARD_WAIT || (v.proven && gn_guard_waits(g, v.slot)));
	GN_ASSERT(v.answer != GN_GUARD_ADMIT || v.proven || !(op->how & 1));
}

static void charge(struct gn_guard *g, const struct op *op, gn_time now)
{
	struct gn_guard_subject who = subject(op);
	struct gn_guard_verdict v;
	struct gn_guard_why why;
	gn_guard_why(g, &who, now, &why);
	gn_err err = gn_guard_charge(g, &who, op->amount, now, &v);
	GN_ASSERT((err == GN_OK) == !why.limited);
	if (err != GN_OK)
		GN_ASSERT(v.until > now && v.until == why.until && strcmp(v.limit, why.limit) == 0);
}

static void operate(struct gn_guard *g, const struct op *op, gn_time *now)
{
	struct gn_guard_subject who = subject(op);
	uint32_t slot;
	switch (op->kind % 8) {
	case 0:
	case 1: hello(g, op, *now); break;
	case 2: charge(g, op, *now); break;
	case 3: gn_guard_debit(g, &who, op->amount, *now); break;
	case 4: *now += (gn_time)op->amount * (op->how & 1 ? GN_USEC : GN_MSEC); break;
	case 5:
		for (int i = 0; i < 8 && gn_guard_next(g, *now, &slot); i++)
			GN_ASSERT(slot < GN_GUARD_WAITING && !gn_guard_waits(g, slot));
		break;
	case 6: gn_guard_load(g, (uint64_t)op->amount * 1000); break;
	case 7:
		if (op->how & 4)
			gn_guard_forgive(g, &who);
		else if (gn_guard_allow(g, &who, op->how & 8 ? 0 : *now + op->amount) != GN_OK)
			GN_ASSERT(gn_guard_on(g));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_env env = {&alloc, &rnd, NULL};
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct gn_guard *g;
	gn_time now = INT64_C(1700000000) * GN_SEC;
	gn_alloc_heap(&alloc, 16u << 20);
	gn_prng_init(&prng, 1);
	rnd = gn_prng_rand(&prng);
	uint8_t choice = gn_read_u8(&r);
	struct gn_guard_config config = {
		.off = choice & 1, .count_local = choice & 2, .capacity = choice & 4 ? 1000 : 0};
	gn_err err = gn_guard_new(&env, &config, &g);
	GN_ASSERT(err == GN_OK);
	while (gn_reader_left(&r) >= 6) {
		struct op op = {gn_read_u8(&r), gn_read_u8(&r), gn_read_u8(&r), 0};
		op.amount = (uint32_t)gn_read_be16(&r) << (gn_read_u8(&r) & 15);
		operate(g, &op, &now);
		gn_guard_validate(g);
	}
	gn_guard_free(g);
	GN_ASSERT(alloc.used == 0);
	return 0;
}
