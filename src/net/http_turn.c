/* Whose turn it is in a turn of the loop: which waiting requests are begun, and whose answers go
 * on.
 *
 * Requests: start-time fair queueing (Goyal, Vin, Cheng 1996) over connections that have one
 * request each. A round is over when everybody who waited as it began has had a turn.
 *
 * 1. A whole head waits in one of two lines, each first come, first served: AHEAD when its
 *    connection has had no turn in this round or the one before, else REST. Who asks now and
 *    then goes ahead of who asks as fast as they are served.
 * 2. In one turn of the loop GN_HTTP_TURNS requests are begun, so that those who come meanwhile
 *    find their places. One of them is of REST: no number of newcomers stops it.
 * 3. A new connection has had the turns that its address had last, so nobody gets ahead by
 *    connecting anew.
 * 4. Who has more to write waits in WRITERS. Once all answers of this turn of the loop have
 *    written GN_HTTP_TURN_BYTES the next one has to wait for another: whoever takes what they
 *    get as fast as it comes has it in pieces, by turns. */
#include "net/http_conn.h"
#include "os/os.h"

void conn_peer(const struct conn *c, struct gn_addr *out)
{
	struct sockaddr_storage addr = {0};
	int len = sizeof addr;
	*out = (struct gn_addr){0};
	if (!c->is_unix && uv_tcp_getpeername(&c->io.tcp, (struct sockaddr *)&addr, &len) == 0)
		(void)gn_os_addr((const struct sockaddr *)&addr, out);
}

/* Two addresses that share a place are taken for one, and wait in REST. */
static uint64_t *address_tag(const struct conn *c)
{
	struct gn_addr from;
	uint32_t hash = 2166136261u; /* FNV-1a */
	conn_peer(c, &from);
	for (size_t i = 0; i < sizeof from.ip; i++)
		hash = (hash ^ from.ip[i]) * 16777619u;
	return &c->http->tags[hash % GN_COUNT(c->http->tags)];
}

void line_begin(struct conn *c)
{
	c->address_tag = address_tag(c);
	c->tag = *c->address_tag;
}

static struct http_line *line_of(const struct conn *c)
{
	struct gn_http *http = c->http;
	return &http->lines[c->state != CONN_TURN  ? HTTP_WRITERS
			    : c->tag < http->round ? HTTP_AHEAD
						   : HTTP_REST];
}

static void line_join(struct conn *c)
{
	struct http_line *line = line_of(c);
	GN_ASSERT(!c->in_line);
	c->in_line = true;
	c->line_next = NULL;
	*(line->first ? &line->last->line_next : &line->first) = c;
	line->last = c;
}

static struct conn *leave_first(struct http_line *line)
{
	struct conn *c = line->first;
	line->first = c->line_next;
	c->in_line = false;
	return c;
}

void line_leave(struct conn *c)
{
	for (struct http_line *line = c->http->lines; line < c->http->lines + HTTP_LINES; line++)
		for (struct conn **at = &line->first, *before = NULL; *at;
		     before = *at, at = &(*at)->line_next)
			if (*at == c) {
				*at = c->line_next;
				line->last = line->last == c ? before : line->last;
				c->in_line = false;
				return;
			}
}

void conn_line_up(struct conn *c)
{
	line_join(c);
	uv_idle_start(&c->http->turn, c->http->on_turn);
}

bool line_waits(const struct gn_http *http)
{
	return http->lines[HTTP_AHEAD].first || http->lines[HTTP_REST].first ||
	       http->lines[HTTP_WRITERS].first;
}

struct conn *line_next_request(struct gn_http *http, unsigned n)
{
	struct http_line *ahead = &http->lines[HTTP_AHEAD], *rest = &http->lines[HTTP_REST];
	bool last = n + 1 == GN_HTTP_TURNS;
	if (n >= GN_HTTP_TURNS || (!ahead->first && !rest->first))
		return NULL;
	struct conn *c = leave_first(rest->first && (last || !ahead->first) ? rest : ahead);
	if (c->tag > http->round)
		http->round = c->tag;
	*c->address_tag = c->tag = http->round + 1;
	return c;
}

struct conn *line_next_writer(struct gn_http *http)
{
	struct http_line *line = &http->lines[HTTP_WRITERS];
	return line->first && http->spent < GN_HTTP_TURN_BYTES ? leave_first(line) : NULL;
}
