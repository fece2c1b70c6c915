/* Whom TURN lets in: the operator's file, one "NAME:PASSWORD" a line. What is wrong with it is
 * said with its line, never with what is written there: it is a password's file. */
#include "node/turn.h"

#include "nat/turn_server.h"
#include "node/limits.h"
#include "os/os.h"

#include <stdio.h>

struct user {
	struct gn_slice name, password;
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct gn_slice trimmed(struct gn_slice s)
{
	while (s.len && is_blank(s.p[0]))
		s = gn_slice_sub(s, 1, SIZE_MAX);
	while (s.len && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* NULL, or what is wrong with the line. */
static const char *parse(struct gn_slice line, struct user *out)
{
	const uint8_t *colon = memchr(line.p, ':', line.len);
	if (memchr(line.p, 0, line.len))
		return "it is not text";
	if (!colon)
		return "it is not NAME:PASSWORD";
	out->name = gn_slice(line.p, (size_t)(colon - line.p));
	out->password = gn_slice(colon + 1, line.len - out->name.len - 1);
	if (!out->password.len || out->password.len > GN_NODE_TURN_PASSWORD)
		return "the password is empty or too long";
	return NULL;
}

static const char *let_in(struct gn_turn_server *server, const struct user *u)
{
	gn_err err = gn_turn_server_user(server, u->name, u->password);
	return err == GN_RANGE   ? "the name is empty or too long"
	       : err == GN_LIMIT ? "there are more users than a node has"
	       : err             ? gn_err_text(err)
				 : NULL;
}

/* An earlier line of the same name; 0: none. */
static unsigned named_before(const struct gn_slice *names, unsigned count, struct gn_slice name)
{
	for (unsigned i = 0; i < count; i++)
		if (gn_slice_eq(names[i], name))
			return i + 1;
	return 0;
}

gn_err gn_node_turn_users(struct gn_turn_server *server, struct gn_slice text, unsigned *count,
			  char why[GN_HOST_WHY])
{
	struct gn_slice names[GN_NODE_TURN_USERS + 1];
	unsigned n = 0;
	for (unsigned number = 1; text.len; number++) {
		struct user u;
		const uint8_t *end = memchr(text.p, '\n', text.len);
		size_t len = end ? (size_t)(end - text.p) : text.len;
		struct gn_slice line = trimmed(gn_slice(text.p, len));
		text = gn_slice_sub(text, end ? len + 1 : len, SIZE_MAX);
		if (!line.len || line.p[0] == '#')
			continue;
		const char *wrong = parse(line, &u);
		if (!wrong && named_before(names, n, u.name))
			wrong = "the name stands above it already";
		if (!wrong)
			wrong = let_in(server, &u);
		if (wrong)
			return gn_host_why(why, GN_USAGE, "line %u: %s", number, wrong);
		GN_ASSERT(n < GN_COUNT(names));
		names[n++] = u.name;
	}
	*count = n;
	return n ? GN_OK : gn_host_why(why, GN_USAGE, "it names nobody");
}

bool gn_node_turn_ports(const char *text, uint16_t *first, uint16_t *last)
{
	char part[8];
	const char *dash = strchr(text, '-');
	uint64_t a, b;
	if (!dash || (size_t)(dash - text) >= sizeof part)
		return false;
	memcpy(part, text, (size_t)(dash - text));
	part[dash - text] = 0;
	if (!gn_os_setting_number(part, 1024, 65535, false, &a) ||
	    !gn_os_setting_number(dash + 1, 1024, 65535, false, &b) ||
	    b - a + 1 < GN_NODE_TURN_PORTS || b < a)
		return false;
	*first = (uint16_t)a;
	*last = (uint16_t)b;
	return true;
}
