/* Deposits and readers in a network: what is stored is read, once, by every device, whoever of the
 * holders lies, dies or loses messages. */
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct svc_box x;
static uint8_t item[61440];

static struct gn_slice item_of(uint8_t number, size_t len)
{
	memset(item, number, len);
	return gn_slice(item, len);
}

static void network(unsigned nodes, uint8_t kind, unsigned devices)
{
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = nodes, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, (uint8_t)(kind + 1), kind, devices);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
}

static void a_contact_s_item_is_stored_by_all_and_read_once(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_true(x.stored);
	assert_int_equal(x.custodies, 8);
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 8);
	gn_op op = svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.got_count, 1);
	assert_int_equal(svc_box_times(&x, 2, item_of(1, 896)), 1);
	/* a watch brings the next one at once */
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2, 61440)), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_box_times(&x, 2, item_of(2, 61440)), 1);
	assert_int_equal(x.got_count, 2);
	/* taken: it goes everywhere, and who deposited it is told */
	struct gn_hash hash;
	struct gn_slice first = item_of(1, 896);
	gn_sha256(&first, 1, &hash);
	struct gn_box_id id;
	memcpy(id.b, hash.b, 16);
	assert_int_equal(gn_box_ack(s.nodes[2].box, op, &id, s.now), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 0);
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_int_equal(x.last.taken, 8);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_EXISTS);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_contact_s_item_is_stored_by_all_and_read_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
