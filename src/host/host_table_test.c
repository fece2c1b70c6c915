/* Tables as JSON and back (AP-3): random tables of every type of app/1 come back as they were,
 * each fault names its field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/limits.h"
#include "host/table.h"
#include "wire/app.h"
#include "wire/testing/random_fb.h"

static uint8_t room[2][1 << 20];
static char why[GN_HOST_TABLE_WHY];

static gn_err parse(const struct gn_fb_type *type, const char *text, struct gn_fbt *out)
{
	struct gn_fbb b = gn_fbb(room[1], sizeof room[1]);
	struct gn_slice bytes;
	gn_fbref ref;
	json_t *json = json_loads(text, 0, NULL);
	assert_non_null(json);
	gn_err err = gn_host_table_parse(type, json, &b, &ref, why);
	json_decref(json);
	if (err)
		return err;
	assert_int_equal(gn_fbb_finish(&b, ref, type->identifier, &bytes), GN_OK);
	assert_int_equal(gn_fb_verify(bytes, type, out), GN_OK);
	return GN_OK;
}

static bool has_union(const struct gn_fb_type *type)
{
	for (unsigned i = 0; i < type->field_count; i++)
		if (type->fields[i].kind == GN_FB_UNION)
			return true;
	return false;
}

static void comes_back(const struct gn_fb_type *type, uint64_t seed)
{
	struct gn_slice bytes;
	struct gn_fbt t = {.at = 0}, back = {.at = 0};
	assert_int_equal(random_buffer(type, seed, room[0], sizeof room[0], &bytes), GN_OK);
	assert_int_equal(gn_fb_verify(bytes, type, &t), GN_OK);
	json_t *json = gn_host_table_json(type, t);
	assert_non_null(json);
	char *text = json_dumps(json, JSON_COMPACT);
	assert_non_null(text);
	gn_err err = parse(type, text, &back);
	if (err)
		print_message("%s seed %llu: %s in %s\n", type->name, (unsigned long long)seed, why,
			      text);
	assert_int_equal(err, GN_OK);
	/* an absent text comes back as an empty one: the JSON of both is the same */
	json_t *again = gn_host_table_json(type, back);
	if (!json_equal(json, again))
		fail_msg("%s seed %llu: %s", type->name, (unsigned long long)seed, text);
	json_decref(again);
	json_decref(json);
	free(text);
}

static void tables_come_back_as_they_were(void **state)
{
	(void)state;
	const struct gn_fb_type *const *const areas[] = {gn_fbtypes_app_node, gn_fbtypes_app_agent};
	const size_t counts[] = {GN_COUNT(gn_fbtypes_app_node), GN_COUNT(gn_fbtypes_app_agent)};
	size_t types = 0;
	for (size_t a = 0; a < GN_COUNT(areas); a++)
		for (size_t i = 0; i < counts[a]; i++)
			for (uint64_t seed = 1; seed < 30; seed++)
				if (!has_union(areas[a][i])) {
					comes_back(areas[a][i], seed);
					types += seed == 1;
				}
	assert_true(types >= 50);
}

static void numbers_above_2_53_are_texts(void **state)
{
	(void)state;
	struct gn_fbt t = {.at = 0};
	assert_int_equal(
		parse(&gn_fbtype_node_status_is,
		      "{\"uptime_s\": \"18446744073709551615\", \"time\": 9007199254740992,"
		      "\"clock_off_ms\": \"-9223372036854775808\"}",
		      &t),
		GN_OK);
	assert_true(gn_fb_node_status_is_uptime_s((struct gn_fb_node_status_is){t}) == UINT64_MAX);
	json_t *json = gn_host_table_json(&gn_fbtype_node_status_is, t);
	assert_string_equal(json_string_value(json_object_get(json, "uptime_s")),
			    "18446744073709551615");
	assert_true(json_is_integer(json_object_get(json, "time")));
	assert_string_equal(json_string_value(json_object_get(json, "clock_off_ms")),
			    "-9223372036854775808");
	json_decref(json);
}

/* AP-3, AP-17: what a program reads is there, whatever its value; enums are words, times
 * milliseconds. */
static void what_is_at_its_default_is_there(void **state)
{
	(void)state;
	struct gn_fbt t = {.at = 0};
	assert_int_equal(parse(&gn_fbtype_chat, "{}", &t), GN_OK);
	json_t *json = gn_host_table_json(&gn_fbtype_chat, t);
	assert_int_equal(json_integer_value(json_object_get(json, "unread")), 0);
	assert_true(json_is_integer(json_object_get(json, "unread")));
	assert_null(json_object_get(json, "id")); /* nothing stands for no key, and no table */
	assert_null(json_object_get(json, "contact"));
	json_decref(json);
	assert_int_equal(parse(&gn_fbtype_message, "{}", &t), GN_OK);
	json = gn_host_table_json(&gn_fbtype_message, t);
	assert_true(json_is_false(json_object_get(json, "mine")));
	assert_string_equal(json_string_value(json_object_get(json, "text")), "");
	assert_string_equal(json_string_value(json_object_get(json, "state")), "waiting");
	assert_true(json_is_array(json_object_get(json, "files")));
	json_decref(json);
}

static void enums_are_words_and_times_milliseconds(void **state)
{
	(void)state;
	struct gn_fbt t = {.at = 0};
	assert_int_equal(parse(&gn_fbtype_person, "{\"trust\": \"by-name\", \"state\": 3}", &t),
			 GN_OK);
	assert_int_equal(gn_fb_person_trust((struct gn_fb_person){t}), GN_FB_TRUST_BY_NAME);
	json_t *json = gn_host_table_json(&gn_fbtype_person, t);
	assert_string_equal(json_string_value(json_object_get(json, "state")), "accepted");
	json_decref(json);
	assert_int_equal(parse(&gn_fbtype_message, "{\"kind\": 63}", &t), GN_OK); /* no word yet */
	json = gn_host_table_json(&gn_fbtype_message, t);
	assert_int_equal(json_integer_value(json_object_get(json, "kind")), 63);
	json_decref(json);
	assert_int_equal(parse(&gn_fbtype_person, "{\"trust\": \"a friend\"}", &t), GN_USAGE);
	assert_string_equal(why, "trust: it is none of unknown, by-name, introduced, linked, met");
	assert_int_equal(parse(&gn_fbtype_invite, "{\"until\": 1700000000999}", &t), GN_OK);
	assert_int_equal(gn_fb_invite_until((struct gn_fb_invite){t}), 1700000000);
	json = gn_host_table_json(&gn_fbtype_invite, t);
	assert_int_equal(json_integer_value(json_object_get(json, "until")), 1700000000000);
	json_decref(json);
}

static void faults_name_their_field(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"{}", "key is missing"},
		{"{\"kye\": 1}", "key is missing"},
		{"{\"key\": \"00\"}", "key: 64 hex digits are wanted"},
		{"{\"key\": \"0000000000000000000000000000000000000000000000000000000000000000\","
		 "\"quorum\": 256}",
		 "quorum: a whole number of 8 bits is wanted"},
		{"{\"key\": \"0000000000000000000000000000000000000000000000000000000000000000\","
		 "\"quorum\": -1}",
		 "quorum: a whole number of 8 bits is wanted"},
		{"{\"key\": \"0000000000000000000000000000000000000000000000000000000000000000\","
		 "\"min_seq\": \"12x\"}",
		 "min_seq: a whole number of 64 bits is wanted"},
		{"{\"key\": \"0000000000000000000000000000000000000000000000000000000000000000\","
		 "\"local\": 1}",
		 "local: true or false is wanted"},
		{"{\"key\": \"0000000000000000000000000000000000000000000000000000000000000000\","
		 "\"x\": 1}",
		 "x: there is no such field"},
		{"[1]", "an object is wanted"},
	};
	struct gn_fbt t = {.at = 0};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		assert_int_equal(parse(&gn_fbtype_record_get, cases[i].text, &t), GN_USAGE);
		assert_non_null(strstr(why, cases[i].why));
		assert_true(why[0] != ':');
	}
	assert_int_equal(parse(&gn_fbtype_record_put, "{\"record\": \"***\"}", &t), GN_USAGE);
	assert_string_equal(why, "record: base64 is wanted");
	assert_int_equal(parse(&gn_fbtype_name_is, "{\"entries\": [{\"value\": 3}]}", &t),
			 GN_USAGE);
	assert_string_equal(why, "entries.value: a string is wanted");
	assert_int_equal(parse(&gn_fbtype_name_is, "{\"entries\": 3}", &t), GN_USAGE);
}

static void structs_are_small(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(gn_fbtypes_app_node); i++)
		for (unsigned k = 0; k < gn_fbtypes_app_node[i]->field_count; k++)
			if (gn_fbtypes_app_node[i]->fields[k].layout)
				assert_true(gn_fbtypes_app_node[i]->fields[k].layout->c_size <=
					    GN_HOST_STRUCT);
}

static void a_full_builder_is_too_large(void **state)
{
	(void)state;
	uint8_t small[64];
	struct gn_fbb b = gn_fbb(small, sizeof small);
	gn_fbref ref;
	json_t *json = json_object();
	json_object_set_new(json, "name",
			    json_string("a name that does not fit into the builder of "
					"64 bytes, whatever else it holds"));
	assert_int_equal(gn_host_table_parse(&gn_fbtype_name_is, json, &b, &ref, why),
			 GN_TOO_LARGE);
	json_decref(json);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_come_back_as_they_were),
		cmocka_unit_test(numbers_above_2_53_are_texts),
		cmocka_unit_test(what_is_at_its_default_is_there),
		cmocka_unit_test(enums_are_words_and_times_milliseconds),
		cmocka_unit_test(faults_name_their_field),
		cmocka_unit_test(structs_are_small),
		cmocka_unit_test(a_full_builder_is_too_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
