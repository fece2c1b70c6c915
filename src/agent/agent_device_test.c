/* The devices of a person: listed, one taken out, with new boxes then. Rules: AG-118, AG-119. */
#include "agent/testing/calls.h"
#include "agent/testing/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct world w;
static const struct gn_pk phone = {{7, 7, 7}};

/* A version that lists the phone, too, is signed elsewhere; the agent finds it. */
static void list_phone(void)
{
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_agent *a = &w.souls[0].a;
	const struct gn_agent_identity *key;
	struct gn_identity *id = malloc(sizeof *id);
	assert_non_null(id);
	*id = *agent_own_record(a);
	assert_int_equal(gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), a->now), GN_OK);
	assert_int_equal(gn_agent_vault_identity_get(a->vault, a->now, &key), GN_OK);
	id->seq++;
	id->keys[id->key_count++] = (struct gn_identity_key){.pk = phone,
							     .kind = GN_FB_MEMBER_KIND_DEVICE,
							     .name = GN_LIT("phone"),
							     .rights = GN_FB_MEMBER_RIGHT_MESSAGE,
							     .since = id->created,
							     .expires = id->created + 86400,
							     .pq_hash = {{1}}};
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		struct gn_hash at;
		size_t i = 0;
		gn_identity_key_of(&a->owner, salt, &at);
		while (i < w.record_count && !gn_hash_eq(&w.records[i].key, &at))
			i++;
		assert_true(i < w.record_count);
		assert_int_equal(gn_identity_record(key->entropy, id, salt, &out), GN_OK);
		if (w.records[i].bytes != w.records[i].first)
			free(w.records[i].bytes);
		w.records[i].bytes = malloc(out.len);
		w.records[i].len = out.len;
		memcpy(w.records[i].bytes, bytes, out.len);
	}
	free(id);
	a->identity_ask = 0;
	WORLD_UNTIL(&w, agent_own_record(a)->key_count == 2);
}

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	calls_serve(&w.souls[0].a);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static struct gn_fb_devices_is list(void)
{
	struct gn_fbb b = calls_builder();
	gn_fbref t = gn_fb_devices_list_make(&b, &(struct gn_fb_devices_list_args){0});
	struct agent_request *r = calls_ask(
		&w.souls[0].a, agent_call_devices_list,
		(struct gn_app_kind){GN_FB_APP_BODY_APP_DEVICE, GN_FB_APP_DEVICE_BODY_DEVICES_LIST},
		&b, t);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers, 1);
	return (struct gn_fb_devices_is){calls_got.table};
}

static gn_err take_out(const struct gn_pk *pk, uint64_t approval)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_key key;
	memcpy(key.b, pk->b, sizeof key.b);
	struct gn_fb_device_remove_args args = {.key = &key, .approval = approval};
	gn_fbref t = gn_fb_device_remove_make(&b, &args);
	struct agent_request *r =
		calls_ask(&w.souls[0].a, agent_call_device_remove,
			  (struct gn_app_kind){GN_FB_APP_BODY_APP_DEVICE,
					       GN_FB_APP_DEVICE_BODY_DEVICE_REMOVE},
			  &b, t);
	gn_host_release(&r->base);
	return calls_got.refusals ? calls_got.err : GN_OK;
}

/* The question that waits is allowed; its number. */
static uint64_t allowed(const char *words)
{
	for (size_t i = 0; i < AGENT_APPROVALS_MAX; i++) {
		struct agent_approval *p = &w.souls[0].a.approvals[i];
		if (!p->id || p->allowed)
			continue;
		assert_non_null(strstr(p->text, words));
		p->allowed = true;
		return p->id;
	}
	return 0;
}

static void one_taken_out(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_slice frame;
	uint64_t cursor, gap;
	(void)state;
	assert_int_equal(gn_fb_devices_is_devices_len(list()), 1);
	list_phone();
	world_settle(&w);
	assert_int_equal(gn_fb_devices_is_devices_len(list()), 2);
	assert_true(gn_fb_device_self(gn_fb_devices_is_devices_at(list(), 0)));
	assert_false(gn_fb_device_revoked(gn_fb_devices_is_devices_at(list(), 1)));
	cursor = gn_host_told_cursor(a->api.told);
	struct gn_pk front = a->boxes[AGENT_FRONT].sk.pk, private = a->boxes[AGENT_PRIVATE].sk.pk;
	uint64_t seq = agent_own_record(a)->seq;
	/* a question first: nothing has happened yet */
	assert_int_equal(take_out(&phone, 0), GN_OK);
	assert_int_equal(calls_got.member, GN_FB_APP_AGENT_BODY_APPROVAL_ASKED);
	assert_int_equal(agent_own_record(a)->seq, seq);
	assert_int_equal(take_out(&phone, allowed("take the device 'phone' (0707070000000000)")),
			 GN_OK);
	assert_int_equal(calls_got.member, GN_FB_APP_DEVICE_BODY_DEVICES_IS);
	assert_true(agent_own_record(a)->seq > seq);
	assert_true(gn_fb_device_revoked(gn_fb_devices_is_devices_at(list(), 1)));
	assert_false(gn_fb_device_revoked(gn_fb_devices_is_devices_at(list(), 0)));
	assert_int_equal(take_out(&phone, 0), GN_NOT_FOUND); /* once is enough */
	/* it had the keys of the boxes: others take their place, and the contact is told */
	WORLD_UNTIL(&w, !gn_pk_eq(&a->boxes[AGENT_FRONT].sk.pk, &front) &&
				!gn_pk_eq(&a->boxes[AGENT_PRIVATE].sk.pk, &private));
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_people_contact c;
	world_pass(&w, 20 * GN_SEC, GN_SEC);
	assert_int_equal(gn_people_get(w.souls[1].a.people, &owner, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &a->boxes[AGENT_PRIVATE].sk.pk));
	assert_true(gn_host_told_next(a->api.told, UINT64_C(1) << AGENT_TOLD_DEVICE, &cursor,
				      &frame, &gap));
	struct gn_content_id id = world_say(&w, 1, "still here?");
	for (unsigned i = 0; i < 20 && world_state(&w, 0, false, &id) < 0; i++)
		world_pass(&w, GN_SEC, GN_SEC / 4);
	assert_true(world_state(&w, 0, false, &id) >= 0);
}

static void not_taken_out(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	static const struct gn_pk nobody = {{9}};
	char path[128];
	(void)state;
	list_phone();
	assert_int_equal(take_out(&nobody, 0), GN_NOT_FOUND);
	assert_int_equal(take_out(&a->device.sk.pk, 0), GN_STATE);
	assert_non_null(strstr(calls_got.why, "at another one"));
	a->identity_known = false; /* whatever the network has may be newer */
	assert_int_equal(take_out(&phone, 0), GN_PENDING);
	a->identity_known = true;
	/* a yes for one is none for another */
	assert_int_equal(take_out(&phone, 4711), GN_DENIED);
	snprintf(path, sizeof path, "%s/identity.key", w.souls[0].root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(take_out(&phone, 0), GN_STATE);
	assert_non_null(strstr(calls_got.why, "24 words"));
	assert_false(gn_fb_devices_is_full(list()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_taken_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(not_taken_out, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
