/* JSON shapes that the live state and the history share. */
#include "history/history.h"
#include "os/os.h"

#include <stdlib.h>
#include <string.h>

void gn_history_amount_json(json_t *object, const char *name, gn_amount_sum amount,
			    unsigned precision)
{
	char text[GN_AMOUNT_TEXT_MAX];
	gn_amount_text(amount, precision, text);
	json_object_set_new(object, name, json_string(text));
}

json_t *gn_history_time_json(gn_time t)
{
	char text[32];
	if (t <= 0)
		return json_null();
	gn_os_time_text(t, text, sizeof text);
	return json_string(text);
}

json_t *gn_history_text_json(struct gn_slice s)
{
	return json_stringn(s.p ? (const char *)s.p : "", s.len);
}

json_t *gn_history_raw_json(struct gn_slice raw)
{
	uint8_t *p = malloc(raw.len + 1);
	struct gn_buf out = {p, 0, raw.len};
	json_t *json = p && gn_json_unescape(raw, &out) == GN_OK
			       ? gn_history_text_json(gn_buf_slice(&out))
			       : json_string("");
	free(p);
	return json;
}

json_t *gn_history_routes_json(struct gn_slice routes, uint32_t eq, unsigned precision,
			       gn_history_pair_pids *pair, void *user)
{
	json_t *list = json_array();
	gn_amount amount;
	struct gn_hops hops;
	while (gn_rec_next_route(&routes, &amount, &hops)) {
		json_t *route = json_object(), *path = json_array();
		struct gn_hop hop;
		while (gn_rec_next_hop(&hops, &hop)) {
			char end[2][GN_PID_MAX]; /* lower, higher */
			if (!pair(user, eq, hop.pair, end[0], end[1]))
				continue;
			if (json_array_size(path) == 0)
				json_array_append_new(path, json_string(end[hop.dir]));
			json_array_append_new(path, json_string(end[!hop.dir]));
		}
		json_object_set_new(route, "path", path);
		gn_history_amount_json(route, "amount", amount, precision);
		json_array_append_new(list, route);
	}
	return list;
}

static bool names(const json_t *item, const char *end, const char *pid)
{
	const char *text = json_string_value(json_object_get(item, end));
	return text && strcmp(text, pid) == 0;
}

void gn_history_own_raises(json_t *details, const char *pid)
{
	json_t *raises = json_object_get(details, "raises"), *own = json_array(), *item;
	size_t i;
	if (!raises) {
		json_decref(own);
		return;
	}
	json_array_foreach(raises, i,
			   item) if (names(item, "owner", pid) || names(item, "debtor", pid))
		json_array_append(own, item);
	json_object_set_new(details, "raises_elsewhere",
			    json_integer((json_int_t)(i - json_array_size(own))));
	json_object_set_new(details, "raises", own);
}
