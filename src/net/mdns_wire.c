/* Multicast DNS on the wire (RFC 1035 section 4, RFC 6762 section 18):
 *
 *   id 2 (0) | flags 2 | questions 2 | answers 2 | authorities 2 | additional 2
 *   question: name | type 2 | class 2
 *   record: name | type 2 | class 2 | ttl 4 | length 2 | data
 *   name: (length 1..63 | bytes)* 0, or in place of a label 11...... ........: it goes on there
 *
 * 1. A pointer leads before the label it stands for, and each further one before the last: a name
 *    ends after its own length, wherever it begins.
 * 2. A walk that ends without `bad` has seen each question and record that the head promised. */
#include "net/mdns_int.h"

#define HEAD 12
#define POINTER 0xc0
#define FOREIGN                                                                                    \
	0x780fu /* flags: another operation than a query, or an error (RFC 6762 18.3, 18.11) */

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

gn_err mdns_walk(struct gn_slice message, struct mdns_walk *w)
{
	*w = (struct mdns_walk){.message = message, .at = HEAD};
	if (message.len < HEAD || message.len > MDNS_HEARD_MAX)
		return GN_MALFORMED;
	w->flags = be16(message.p + 2);
	w->questions = be16(message.p + 4);
	w->records = (unsigned)be16(message.p + 6) + be16(message.p + 8) + be16(message.p + 10);
	return (w->flags & FOREIGN) == 0 && w->questions + w->records <= MDNS_RECORDS_MAX
		       ? GN_OK
		       : GN_MALFORMED;
}

bool mdns_name_read(struct gn_slice message, size_t *at, struct mdns_name *out)
{
	size_t p = *at, bound = *at;
	bool jumped = false;
	out->len = 0;
	for (;;) {
		if (p >= message.len)
			return false;
		size_t len = message.p[p];
		if ((len & POINTER) == POINTER) {
			if (message.len - p < 2)
				return false;
			size_t to = be16(message.p + p) & 0x3fffu;
			if (!jumped)
				*at = p + 2;
			if (to >= bound)
				return false;
			jumped = true;
			p = bound = to;
			continue;
		}
		if (len > MDNS_LABEL_MAX || message.len - p < 1 + len ||
		    out->len + 1 + len > MDNS_NAME_MAX)
			return false;
		out->b[out->len++] = (uint8_t)len;
		for (size_t i = 0; i < len; i++)
			out->b[out->len++] = gn_lower(message.p[p + 1 + i]);
		p += 1 + len;
		if (len == 0)
			break;
	}
	if (!jumped)
		*at = p;
	return true;
}

bool mdns_walk_next(struct mdns_walk *w, struct mdns_record *out)
{
	struct gn_slice m = w->message;
	if (w->bad || w->questions + w->records == 0)
		return false;
	out->question = w->questions > 0;
	if (!mdns_name_read(m, &w->at, &out->name)) {
		w->bad = true;
		return false;
	}
	struct gn_reader r = gn_reader(gn_slice_sub(m, w->at, m.len));
	out->type = gn_read_be16(&r);
	out->class = gn_read_be16(&r);
	out->ttl = out->question ? 0 : gn_read_be32(&r);
	size_t len = out->question ? 0 : gn_read_be16(&r);
	out->data = gn_read_bytes(&r, len);
	out->data_at = m.len - gn_reader_left(&r) - len;
	w->at = out->data_at + len;
	w->bad = r.bad;
	*(out->question ? &w->questions : &w->records) -= 1;
	return !w->bad;
}

bool mdns_name_eq(const struct mdns_name *a, const struct mdns_name *b)
{
	return a->len == b->len && memcmp(a->b, b->b, a->len) == 0;
}

void mdns_name_of(const char *const *labels, struct mdns_name *out)
{
	out->len = 0;
	for (;; labels++) {
		size_t len = strlen(*labels);
		GN_ASSERT(len <= MDNS_LABEL_MAX && out->len + 1 + len <= MDNS_NAME_MAX);
		out->b[out->len] = (uint8_t)len;
		memcpy(out->b + out->len + 1, *labels, len);
		out->len += 1 + len;
		if (len == 0)
			return;
	}
}

struct gn_slice mdns_txt(struct gn_slice data, const char *key)
{
	struct gn_slice want = gn_str(key);
	struct gn_reader r = gn_reader(data);
	while (!r.bad && gn_reader_left(&r)) {
		struct gn_slice s = gn_read_bytes(&r, gn_read_u8(&r));
		if (!r.bad && s.len > want.len && s.p[want.len] == '=' &&
		    gn_same_word(gn_slice(s.p, want.len), want))
			return gn_slice_sub(s, want.len + 1, s.len);
	}
	return gn_slice(NULL, 0);
}

/* ---- writing ---- */

#define TO(offset) ((uint16_t)(POINTER << 8 | (offset)))
#define SERVICE HEAD         /* where the first name of our messages stands: the service's */
#define LOCAL (HEAD + 8 + 5) /* "local" in it */

static void write_head(struct gn_writer *w, unsigned flags, unsigned questions, unsigned answers)
{
	gn_write_be16(w, 0);
	gn_write_be16(w, (uint16_t)flags);
	gn_write_be16(w, (uint16_t)questions);
	gn_write_be16(w, (uint16_t)answers);
	gn_write_be32(w, 0);
}

static void write_label(struct gn_writer *w, struct gn_slice label)
{
	gn_write_u8(w, (uint8_t)label.len);
	gn_write_bytes(w, label);
}

static void write_service(struct gn_writer *w)
{
	write_label(w, GN_LIT("_geonet"));
	write_label(w, GN_LIT("_udp"));
	write_label(w, GN_LIT("local"));
	gn_write_u8(w, 0);
}

static void write_rest(struct gn_writer *w, enum mdns_type type, unsigned class, uint32_t ttl,
		       size_t len)
{
	gn_write_be16(w, (uint16_t)type);
	gn_write_be16(w, (uint16_t)class);
	gn_write_be32(w, ttl);
	gn_write_be16(w, (uint16_t)len);
}

static void write_addr(struct gn_writer *w, size_t host, const struct gn_addr *a, uint32_t ttl)
{
	bool v4 = gn_addr_is_v4(a);
	struct gn_slice ip = v4 ? gn_slice(a->ip + 12, 4) : GN_SLICE(a->ip);
	gn_write_be16(w, TO(host));
	write_rest(w, v4 ? MDNS_A : MDNS_AAAA, MDNS_IN | MDNS_FLUSH, ttl, ip.len);
	gn_write_bytes(w, ip);
}

size_t mdns_write_answer(uint8_t room[MDNS_SAID_MAX], const char *id, const uint8_t network[4],
			 uint16_t port, const struct gn_mdns_interface *on, uint32_t ttl)
{
	struct gn_writer w = gn_writer(room, MDNS_SAID_MAX);
	struct gn_slice label = gn_str(id);
	char hex[9];
	gn_hex(gn_slice(network, 4), hex);
	write_head(&w, MDNS_RESPONSE | MDNS_AUTHORITATIVE, 0, 3u + on->count);
	write_service(&w);
	write_rest(&w, MDNS_PTR, MDNS_IN, ttl, 1 + label.len + 2);
	size_t instance = gn_writer_len(&w);
	write_label(&w, label);
	gn_write_be16(&w, TO(SERVICE));
	gn_write_be16(&w, TO(instance));
	write_rest(&w, MDNS_SRV, MDNS_IN | MDNS_FLUSH, ttl, 6 + 1 + label.len + 2);
	gn_write_be32(&w, 0); /* priority, weight */
	gn_write_be16(&w, port);
	size_t host = gn_writer_len(&w);
	write_label(&w, label);
	gn_write_be16(&w, TO(LOCAL));
	gn_write_be16(&w, TO(instance));
	write_rest(&w, MDNS_TXT, MDNS_IN | MDNS_FLUSH, ttl, 4 + 3 + 8);
	write_label(&w, GN_LIT("v=1"));
	gn_write_u8(&w, 2 + 8);
	gn_write_bytes(&w, GN_LIT("n="));
	gn_write_bytes(&w, gn_slice(hex, 8));
	for (unsigned i = 0; i < on->count; i++)
		write_addr(&w, host, &on->addrs[i], ttl);
	GN_ASSERT(!w.bad);
	return gn_writer_len(&w);
}

void mdns_write_query(struct gn_writer *w)
{
	write_head(w, 0, 1, 0);
	write_service(w);
	gn_write_be16(w, MDNS_PTR);
	gn_write_be16(w, MDNS_IN);
	GN_ASSERT(!w->bad);
}

bool mdns_write_known(struct gn_writer *w, struct gn_slice label, uint32_t ttl)
{
	size_t len = 1 + label.len + 2;
	if (gn_writer_left(w) < 2 + 10 + len)
		return false;
	gn_write_be16(w, TO(SERVICE));
	write_rest(w, MDNS_PTR, MDNS_IN, ttl, len);
	write_label(w, label);
	gn_write_be16(w, TO(SERVICE));
	w->start[7]++; /* answers: MDNS_PER_INTERFACE and we */
	return true;
}
