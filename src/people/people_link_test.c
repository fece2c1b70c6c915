/* Invite links: there and back, what is refused, limits. `--corpus DIR` writes seeds for
 * people_link_fuzz. Rules PE-60, PE-61. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

#define PID "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"

static struct gn_people_link full(void)
{
	struct gn_people_link l = {.invites = true,
				   .name = "Al\xc3\xad"
					   "ce & Bob",
				   .node_count = 3};
	memset(l.person.b, 7, sizeof l.person.b);
	memset(l.secret, 9, sizeof l.secret);
	for (unsigned i = 0; i < 3; i++) {
		memset(l.nodes[i].key.b, (int)i + 1, 32);
		l.nodes[i].addr = gn_addr_v4(10, 0, 0, (uint8_t)i, 7780);
	}
	memset(l.nodes[2].addr.ip, 0xfd, 16);
	return l;
}

static gn_err make(const struct gn_people_link *l, char text[GN_INVITE_LINK_MAX + 1])
{
	struct gn_buf b = {(uint8_t *)text, 0, GN_INVITE_LINK_MAX};
	gn_err err = gn_people_link_make(l, &b);
	text[b.len] = 0;
	return err;
}

static gn_err open_text(const char *text, struct gn_people_link *out)
{
	return gn_people_link_open(gn_str(text), out);
}

static void there_and_back(void **state)
{
	(void)state;
	char text[GN_INVITE_LINK_MAX + 1], web[GN_INVITE_LINK_MAX + 8], small[300];
	struct gn_people_link l = full(), back;
	assert_int_equal(make(&l, text), GN_OK);
	assert_int_equal(open_text(text, &back), GN_OK);
	assert_memory_equal(&back.person, &l.person, sizeof l.person);
	assert_memory_equal(back.secret, l.secret, sizeof l.secret);
	assert_string_equal(back.name, l.name);
	assert_int_equal(back.node_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(gn_pk_eq(&back.nodes[i].key, &l.nodes[i].key));
		assert_true(gn_addr_eq(&back.nodes[i].addr, &l.nodes[i].addr));
	}
	snprintf(web, sizeof web, "web+%s", text);
	assert_int_equal(open_text(web, &back), GN_OK);
	assert_int_equal(open_text("GEONET:hi/" PID, &back), GN_OK);
	assert_false(back.invites);
	assert_int_equal(open_text("geonet:hi/" PID "?z=1&n=Bob&q", &back), GN_OK);
	assert_string_equal(back.name, "Bob");
	for (size_t cap = 0; cap < sizeof small && cap < strlen(text); cap++) {
		struct gn_buf b = {(uint8_t *)small, 0, cap};
		assert_int_equal(gn_people_link_make(&l, &b), GN_TOO_LARGE);
		assert_int_equal(b.len, 0);
	}
}

static void refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"geonet:",
		"geonet:hi/",
		"geonet:pay/" PID,
		"geonet:hi/" PID "x",
		"geonet:hi/" PID "?c=",
		"geonet:hi/" PID "?c=AAAA",
		"geonet:hi/" PID "?n=",
		"geonet:hi/" PID "?n=%0a",
		"geonet:hi/" PID "?n=%e2%80%ae",
		"geonet:hi/" PID "?n=%f",
		"geonet:hi/" PID "?n=a&n=b",
		"geonet:hi/" PID "?b=",
		"geonet:hi/" PID "?b=abc@1.2.3.4:5",
		"geonet:hi/" PID "?b=" PID,
		"geonet:hi/" PID "?b=" PID "@1.2.3.4",
		"geonet:hi/" PID "?b=" PID "@1.2.3.4:0",
		"geonet:hi/" PID "?b=" PID "@1.2.3.4:5,",
		"geonet:hi/" PID "?b=" PID "@1.2.3.4:5," PID "@1.2.3.4:5," PID "@1.2.3.4:5," PID
		"@1.2.3.4:5",
	};
	struct gn_people_link out;
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		if (open_text(bad[i], &out) != GN_TEXT)
			fail_msg("opened: %s", bad[i]);
}

static void limits(void **state)
{
	(void)state;
	char text[GN_INVITE_LINK_MAX + 2], made[GN_INVITE_LINK_MAX + 1];
	struct gn_people_link l = {.node_count = 0}, out;
	memset(l.name, 'x', GN_INVITE_NAME_MAX);
	assert_int_equal(make(&l, made), GN_OK);
	snprintf(text, sizeof text, "%sx", made);
	assert_int_equal(open_text(text, &out), GN_TEXT);
	l = full();
	l.node_count = GN_INVITE_NODES_MAX + 1;
	assert_int_equal(make(&l, made), GN_RANGE);
	l = full();
	l.nodes[1].addr.port = 0;
	assert_int_equal(make(&l, made), GN_RANGE);
	l = full();
	strcpy(l.name, "a\nb");
	assert_int_equal(make(&l, made), GN_TEXT);
	/* GN_INVITE_LINK_MAX bytes, and one more */
	memset(text, 'z', sizeof text);
	memcpy(text, "geonet:hi/" PID "?q=", 57);
	text[GN_INVITE_LINK_MAX] = 0;
	assert_int_equal(open_text(text, &out), GN_OK);
	text[GN_INVITE_LINK_MAX] = 'z';
	text[GN_INVITE_LINK_MAX + 1] = 0;
	assert_int_equal(open_text(text, &out), GN_TOO_LARGE);
	assert_int_equal(GN_INVITE_SECRET_LEN, 16);
}

/* Of the engine: so many, each for so many uses and so long. */
static void open_invites(void **state)
{
	(void)state;
	static struct world w;
	world_make(&w, 3, 1, 1);
	struct desk *d = world_desk(&w, 0, 0);
	uint64_t now = gn_unix(w.now);
	struct gn_people_invite v = {.uses = PEOPLE_INVITE_USES_MAX, .until = now + 60}, got;
	for (unsigned i = 0; i < PEOPLE_INVITES_MAX; i++) {
		v.secret[0] = (uint8_t)(i + 1);
		v.until = now + 60 + (i == 0 ? 0 : 60);
		assert_int_equal(gn_people_invite(d->p, &v, w.now), GN_OK);
		desk_settle(d);
	}
	assert_int_equal(gn_people_invite(d->p, &v, w.now), GN_EXISTS);
	v.secret[0] = 0xff;
	assert_int_equal(gn_people_invite(d->p, &v, w.now), GN_LIMIT);
	v.uses++;
	assert_int_equal(gn_people_invite(d->p, &v, w.now), GN_RANGE);
	v.uses = 0;
	assert_int_equal(gn_people_invite(d->p, &v, w.now), GN_RANGE);
	v.uses = 1;
	assert_int_equal(gn_people_invite(d->p, &v, w.now + 60 * GN_SEC), GN_OK); /* one was over */
	desk_settle(d);
	desk_reopen(d);
	assert_true(gn_people_invite_at(d->p, PEOPLE_INVITES_MAX - 1, &got));
	assert_false(gn_people_invite_at(d->p, PEOPLE_INVITES_MAX, &got));
	assert_int_equal(gn_people_uninvite(d->p, v.secret, w.now), GN_OK);
	desk_settle(d);
	assert_int_equal(gn_people_uninvite(d->p, v.secret, w.now), GN_NOT_FOUND);
	world_free(&w);
}

static int write_corpus(const char *folder)
{
	char text[GN_INVITE_LINK_MAX + 1], path[512];
	struct gn_people_link l = full();
	if (make(&l, text))
		return 1;
	const char *const all[] = {text, "geonet:hi/" PID, "web+geonet:hi/" PID "?n=Bob&z=1",
				   "geonet:hi/" PID "?c=CQkJCQkJCQkJCQkJCQkJCQ"};
	for (size_t i = 0; i < GN_COUNT(all); i++) {
		snprintf(path, sizeof path, "%s/people_link_fuzz/%zu", folder, i + 1);
		FILE *f = fopen(path, "wb");
		if (!f || fwrite(all[i], 1, strlen(all[i]), f) != strlen(all[i]) || fclose(f) != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return write_corpus(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(refused),
		cmocka_unit_test(limits),
		cmocka_unit_test(open_invites),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
