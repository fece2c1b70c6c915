/* Operations of a service: numbers, events in their order, what the overlay's are for, tickets. */
#include "services/frame/frame.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct job {
	struct gn_frame_op op;
	int what;
};

static struct gn_alloc heap;
static struct gn_prng prng;
static struct gn_rand source;
static struct gn_env env;
static struct gn_frame f;

static int setup(void **state)
{
	(void)state;
	gn_alloc_heap(&heap, 1u << 20);
	gn_prng_init(&prng, 1);
	source = gn_prng_rand(&prng);
	env = (struct gn_env){.alloc = &heap, .rand = &source};
	gn_frame_init(&f, &env, NULL, 4, 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gn_frame_fini(&f);
	return heap.count == 0 ? 0 : -1;
}

static void numbers_are_given_once(void **state)
{
	struct job a = {0}, b = {0};
	(void)state;
	assert_int_equal(gn_frame_op_add(&f, &a.op, 1), GN_OK);
	uint64_t other = gn_frame_number(&f);
	assert_int_equal(gn_frame_op_add(&f, &b.op, 2), GN_OK);
	assert_true(a.op.id < other && other < b.op.id);
	assert_ptr_equal(gn_frame_op_get(&f, a.op.id, 1), &a);
	assert_null(gn_frame_op_get(&f, a.op.id, 2));
	assert_null(gn_frame_op_get(&f, other, 1));
	gn_frame_validate(&f);
	gn_frame_op_remove(&f, &a.op);
	assert_null(gn_frame_op_get(&f, a.op.id, 1));
	gn_frame_op_remove(&f, &b.op);
}

static void an_operation_refused_for_memory_takes_no_number(void **state)
{
	struct job j = {0};
	(void)state;
	heap.limit = heap.used;
	assert_int_equal(gn_frame_op_add(&f, &j.op, 1), GN_NOMEM);
	assert_int_equal(gn_frame_number(&f), 1);
	heap.limit = 1u << 20;
}

static void events_are_shown_in_order_and_once(void **state)
{
	struct job j[3] = {0};
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(gn_frame_op_add(&f, &j[i].op, 1), GN_OK);
	assert_null(gn_frame_show(&f));
	gn_frame_tell(&f, &j[2].op);
	gn_frame_tell(&f, &j[0].op);
	gn_frame_tell(&f, &j[2].op); /* it has its place */
	gn_frame_validate(&f);
	assert_ptr_equal(gn_frame_show(&f), &j[2].op);
	gn_frame_tell(&f, &j[2].op); /* more came of it meanwhile */
	assert_ptr_equal(gn_frame_show(&f), &j[0].op);
	assert_ptr_equal(gn_frame_show(&f), &j[2].op);
	assert_null(gn_frame_show(&f));
	assert_null(f.shown);
	for (int i = 0; i < 3; i++)
		gn_frame_op_remove(&f, &j[i].op);
}

/* The first, one in the middle, the last, and the one that is shown. */
static void who_goes_is_no_longer_told(void **state)
{
	(void)state;
	for (int gone = 0; gone < 4; gone++) {
		struct job j[4] = {0};
		for (int i = 0; i < 4; i++)
			assert_int_equal(gn_frame_op_add(&f, &j[i].op, 1), GN_OK);
		for (int i = 0; i < 3; i++)
			gn_frame_tell(&f, &j[i].op);
		if (gone == 3)
			assert_ptr_equal(gn_frame_show(&f), &j[0].op);
		int out = gone == 3 ? 0 : gone;
		gn_frame_op_remove(&f, &j[out].op);
		gn_frame_tell(&f, &j[3].op);
		gn_frame_validate(&f);
		for (int i = 0; i < 4; i++)
			if (i != out)
				assert_ptr_equal(gn_frame_show(&f), &j[i].op);
		assert_null(gn_frame_show(&f));
		for (int i = 0; i < 4; i++)
			if (i != out)
				gn_frame_op_remove(&f, &j[i].op);
	}
}

static void an_overlay_operation_is_taken_once(void **state)
{
	struct job j = {0};
	struct gn_frame_find find;
	struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE, .op = 7};
	(void)state;
	assert_false(gn_frame_find_take(&f, &e, &find));
	assert_int_equal(gn_frame_find_add(&f, 7, 3, &j), GN_OK);
	assert_true(gn_frame_find_take(&f, &e, &find));
	assert_int_equal(find.kind, 3);
	assert_ptr_equal(find.object, &j);
	assert_false(gn_frame_find_take(&f, &e, &find));
	gn_op none = 7;
	gn_frame_find_drop(&f, &none); /* over: there is nothing to cancel */
	assert_int_equal(none, 0);
}

static void tickets_come_back_as_they_were(void **state)
{
	static const struct {
		unsigned kind;
		uint64_t number;
		uint32_t part;
	} table[] = {{0, 0, 0},
		     {1, 1, 1},
		     {15, (UINT64_C(1) << 44) - 1, 0xffff},
		     {15, 0, 0},
		     {0, (UINT64_C(1) << 44) - 1, 0},
		     {0, 0, 0xffff}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		uint64_t t = gn_frame_ticket(table[i].kind, table[i].number, table[i].part);
		assert_int_equal(gn_frame_ticket_kind(t), table[i].kind);
		assert_int_equal(gn_frame_ticket_number(t), table[i].number);
		assert_int_equal(gn_frame_ticket_part(t), table[i].part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_are_given_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_operation_refused_for_memory_takes_no_number,
						setup, teardown),
		cmocka_unit_test_setup_teardown(events_are_shown_in_order_and_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_goes_is_no_longer_told, setup, teardown),
		cmocka_unit_test_setup_teardown(an_overlay_operation_is_taken_once, setup,
						teardown),
		cmocka_unit_test(tickets_come_back_as_they_were),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
