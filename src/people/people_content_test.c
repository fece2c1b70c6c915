/* Contents: there and back, each limit at it and one past it, every bit and every truncation.
 * `--corpus DIR` writes seeds for people_content_fuzz. Rules PE-1..PE-6. */
#include "crypto/testing/known.h"
#include "people/content.h"
#include "people/limits.h"
#include "wire/generated/content_fb.h"

#include <stdio.h>
#include <stdlib.h>

static uint8_t big[GN_CONTENT_MAX], space[2 * GN_CONTENT_MAX];

static struct gn_content begin(enum gn_content_kind kind)
{
	struct gn_content c = {.sent = 1800000000000, .order = 1800000000000, .kind = kind};
	memset(c.id.b, 1, sizeof c.id.b);
	c.seq = gn_content_stays(kind);
	return c;
}

static struct gn_content text_of(size_t len)
{
	struct gn_content c = begin(GN_CONTENT_TEXT);
	c.text = gn_slice(big, len);
	return c;
}

static gn_err make(const struct gn_content *c, struct gn_slice *out)
{
	struct gn_buf b = {space, 0, sizeof space};
	gn_err err = gn_content_make(c, &b);
	*out = gn_buf_slice(&b);
	return err;
}

/* One of each kind with all it can have. */
static size_t samples(struct gn_content *all)
{
	size_t n = 0;
	struct gn_content c = begin(GN_CONTENT_TEXT);
	c.text = GN_LIT("Are you \x01there?");
	c.seq = 7;
	memset(c.prev.b, 2, 16);
	c.order += 5;
	c.seen[0] = (struct gn_content_seen){.device = 11, .seq = 12};
	c.seen_count = 1;
	c.me = (struct gn_content_pin){.seq = 3, .hash = {9}};
	c.you = (struct gn_content_pin){.seq = 4, .hash = {8}};
	c.expire = 60;
	memset(c.ref.id.b, 3, 16);
	memset(c.ref.sender.b, 4, 32);
	c.u.mentions.p = big;
	c.u.mentions.count = 2;
	all[n++] = c;
	c = begin(GN_CONTENT_EDIT);
	c.text = GN_LIT("yes");
	memset(c.ref.id.b, 3, 16);
	all[n++] = c;
	c = begin(GN_CONTENT_DELETE);
	c.ids = (struct gn_content_ids){big, 3};
	all[n++] = c;
	c = begin(GN_CONTENT_REACTION);
	memset(c.ref.id.b, 3, 16);
	c.u.emoji = GN_LIT("\xf0\x9f\x91\x8d");
	all[n++] = c;
	c = begin(GN_CONTENT_FILE);
	c.u.files.at[0] = (struct gn_content_file){.size = 5,
						   .name = GN_LIT("a.txt"),
						   .mime = GN_LIT("text/plain"),
						   .preview = GN_LIT("pre"),
						   .blocks = {big, 64},
						   .width = 1,
						   .height = 2,
						   .ms = 3};
	c.u.files.count = 1;
	all[n++] = c;
	c = begin(GN_CONTENT_CONTACT);
	memset(c.u.card.person.b, 5, 32);
	c.u.card.name = GN_LIT("Carol");
	c.u.card.record = c.u.card.token = GN_LIT("x");
	all[n++] = c;
	c = begin(GN_CONTENT_RECEIPT);
	c.ids = (struct gn_content_ids){big, 2};
	c.u.read = true;
	all[n++] = c;
	c = begin(GN_CONTENT_TYPING);
	c.u.typing = true;
	all[n++] = c;
	c = begin(GN_CONTENT_PAYMENT);
	c.u.link = GN_LIT("geonet:pay?x=1");
	all[n++] = c;
	c = begin(GN_CONTENT_JOB);
	memset(c.u.job.job.b, 6, 32);
	memset(c.u.job.box.b, 7, 32);
	c.text = GN_LIT("done");
	all[n++] = c;
	c = begin(GN_CONTENT_SYNC);
	c.u.sync.at[0] = (struct gn_content_register){GN_LIT("read"), GN_LIT("v"), 9, 10};
	c.u.sync.count = 1;
	c.u.sync.copy_of = GN_LIT("copy");
	memset(c.u.sync.person.b, 7, 32);
	all[n++] = c;
	c = begin(GN_CONTENT_BOX);
	memset(&c.u.box, 8, sizeof c.u.box);
	c.u.box.until = 1800000000;
	all[n++] = c;
	c = begin(GN_CONTENT_RESEND);
	c.ids = (struct gn_content_ids){big, 1};
	c.u.envelopes.p = big;
	c.u.envelopes.count = 2;
	all[n++] = c;
	c = begin(GN_CONTENT_SYSTEM);
	c.text = GN_LIT("note");
	c.u.system.kind = GN_CONTENT_EXPIRE;
	c.u.system.number = 3600;
	c.u.system.bytes = GN_LIT("b");
	all[n++] = c;
	return n;
}

/* What is opened makes the same bytes; zeros may follow, anything else may not (PE-1). */
static void there_and_back(void **state)
{
	(void)state;
	struct gn_content all[16], back;
	static uint8_t first[GN_CONTENT_MAX + 64];
	size_t n = samples(all), len;
	assert_int_equal(n, GN_CONTENT_SYSTEM);
	for (size_t i = 0; i < n; i++) {
		struct gn_slice made, again;
		assert_int_equal(make(&all[i], &made), GN_OK);
		memset(first, 0, sizeof first);
		memcpy(first, made.p, made.len);
		size_t was = made.len;
		assert_int_equal(gn_content_open(gn_slice(first, was + 40), &back, &len), GN_OK);
		assert_int_equal(len, was);
		assert_int_equal(back.kind, i + 1);
		assert_int_equal(make(&back, &again), GN_OK);
		assert_true(gn_slice_eq(again, gn_slice(first, was)));
		first[was + 39] = 1;
		assert_int_equal(gn_content_open(gn_slice(first, was + 40), &back, &len),
				 GN_MALFORMED);
		for (size_t cut = 0; cut < was; cut++)
			assert_int_equal(gn_content_open(gn_slice(first, cut), &back, &len),
					 GN_MALFORMED);
	}
}

static void opens(const struct gn_content *c)
{
	struct gn_slice made;
	assert_int_equal(make(c, &made), GN_OK);
}
static void refused(const struct gn_content *c)
{
	struct gn_slice made;
	assert_int_not_equal(make(c, &made), GN_OK);
	assert_int_equal(made.len, 0);
}

static void text_limits(void **state)
{
	(void)state;
	struct gn_content c = text_of(GN_CONTENT_TEXT_MAX);
	opens(&c);
	c = text_of(GN_CONTENT_TEXT_MAX + 1);
	refused(&c);
	c = text_of(0);
	refused(&c);
	c.text = GN_LIT("\xc3");
	refused(&c);
	c = text_of(1);
	c.u.mentions.p = big;
	c.u.mentions.count = GN_CONTENT_MENTIONS_MAX;
	opens(&c);
	c.u.mentions.count++;
	refused(&c);
	c = begin(GN_CONTENT_REACTION);
	c.ref.id.b[0] = 1;
	c.u.emoji = gn_slice(big, GN_CONTENT_EMOJI_MAX);
	opens(&c);
	c.u.emoji.len++;
	refused(&c);
	c = begin(GN_CONTENT_PAYMENT);
	c.u.link = gn_slice(big, CONTENT_LINK_MAX);
	opens(&c);
	c.u.link.len++;
	refused(&c);
	c = begin(GN_CONTENT_JOB);
	c.text = gn_slice(big, CONTENT_NOTE_MAX);
	opens(&c);
	c.text.len++;
	refused(&c);
}

static void place_limits(void **state)
{
	(void)state;
	struct gn_content c = text_of(1);
	c.seen_count = GN_CONTENT_SEEN_MAX;
	for (size_t i = 0; i < c.seen_count; i++)
		c.seen[i].seq = 1;
	opens(&c);
	c.seen[3].seq = 0;
	refused(&c);
	c.seen[3].seq = CONTENT_NUMBER_MAX + 1;
	refused(&c);
	c.seen_count++;
	refused(&c);
	c = text_of(1);
	c.seq = 0; /* a text stays */
	refused(&c);
	c.seq = 2; /* and then something came before it */
	refused(&c);
	c.prev.b[0] = 1;
	opens(&c);
	c.seq = CONTENT_NUMBER_MAX;
	opens(&c);
	c.seq++;
	refused(&c);
	c.seq = 1;
	refused(&c);
	c = begin(GN_CONTENT_TYPING);
	c.seq = 1; /* typing does not */
	refused(&c);
	c = text_of(1);
	c.expire = CONTENT_EXPIRE_MAX;
	opens(&c);
	c.expire++;
	refused(&c);
	c = text_of(1);
	c.order = CONTENT_NUMBER_MAX;
	opens(&c);
	c.order++;
	refused(&c);
	c.order = c.sent - 1;
	refused(&c);
	c.sent = c.order = 0;
	refused(&c);
	c = text_of(1);
	c.id.b[0] = 0;
	memset(c.id.b, 0, 16);
	refused(&c);
	c = text_of(1);
	c.you.seq = CONTENT_NUMBER_MAX;
	opens(&c);
	c.you.seq++;
	refused(&c);
}

static void file_limits(void **state)
{
	(void)state;
	struct gn_content c = begin(GN_CONTENT_FILE);
	refused(&c);
	c.u.files.count = GN_CONTENT_FILES_MAX;
	opens(&c);
	c.u.files.count++;
	refused(&c);
	c.u.files.count = 1;
	struct gn_content_file *f = &c.u.files.at[0];
	f->name = gn_slice(big, CONTENT_NAME_MAX);
	f->mime = gn_slice(big, CONTENT_MIME_MAX);
	f->preview = gn_slice(big, CONTENT_PREVIEW_MAX);
	f->blocks = gn_slice(big, CONTENT_BLOCKS_MAX * 32);
	f->size = CONTENT_NUMBER_MAX;
	opens(&c);
	f->name.len++;
	refused(&c);
	f->name.len--;
	f->mime.len++;
	refused(&c);
	f->mime.len--;
	f->preview.len++;
	refused(&c);
	f->preview.len--;
	f->blocks.len += 32;
	refused(&c);
	f->blocks.len -= 32;
	f->size++;
	refused(&c);
	for (int i = 0; i < GN_CONTENT_FILES_MAX; i++)
		c.u.files.at[i] = (struct gn_content_file){.preview = {big, CONTENT_PREVIEW_MAX}};
	c.u.files.count = GN_CONTENT_FILES_MAX;
	opens(&c);
	c.text = gn_slice(big, 8000); /* GN_CONTENT_MAX */
	refused(&c);
}

static void other_limits(void **state)
{
	(void)state;
	struct gn_content c = begin(GN_CONTENT_DELETE);
	c.ids = (struct gn_content_ids){big, GN_CONTENT_IDS_MAX};
	opens(&c);
	c.ids.count++;
	refused(&c);
	c.ids.count = 0;
	refused(&c);
	c = begin(GN_CONTENT_RECEIPT);
	opens(&c);
	c.ids = (struct gn_content_ids){big, GN_CONTENT_IDS_MAX};
	opens(&c);
	c.ids.count++;
	refused(&c);
	c = begin(GN_CONTENT_RESEND);
	refused(&c);
	c.ids = (struct gn_content_ids){big, CONTENT_RESEND_MAX};
	c.u.envelopes.p = big;
	c.u.envelopes.count = CONTENT_RESEND_MAX;
	opens(&c);
	c.ids.count++;
	refused(&c);
	c.ids.count--;
	c.u.envelopes.count++;
	refused(&c);
	c = begin(GN_CONTENT_CONTACT);
	c.u.card.name = gn_slice(big, CONTENT_NAME_MAX);
	c.u.card.record = gn_slice(big, CONTENT_RECORD_MAX);
	c.u.card.token = gn_slice(big, CONTENT_TOKEN_MAX);
	opens(&c);
	c.u.card.token.len++;
	refused(&c);
	c.u.card.token.len--;
	c.u.card.record.len++;
	refused(&c);
	c = begin(GN_CONTENT_SYSTEM);
	c.u.system.kind = GN_CONTENT_EXPIRE;
	c.u.system.number = CONTENT_EXPIRE_MAX;
	c.u.system.bytes = gn_slice(big, CONTENT_NOTE_MAX);
	opens(&c);
	c.u.system.number++;
	refused(&c);
	c.u.system.number--;
	c.u.system.bytes.len++;
	refused(&c);
}

static void sync_limits(void **state)
{
	(void)state;
	struct gn_content c = begin(GN_CONTENT_SYNC);
	struct gn_content_register r = {gn_slice(big, GN_CONTENT_REGISTER_KEY_MAX), {0}, 1, 1};
	for (int i = 0; i < GN_CONTENT_REGISTERS_MAX; i++)
		c.u.sync.at[i] = r;
	c.u.sync.count = GN_CONTENT_REGISTERS_MAX;
	opens(&c);
	c.u.sync.count++;
	refused(&c);
	c.u.sync.count = 1;
	c.u.sync.at[0].value = gn_slice(big, GN_CONTENT_VALUE_MAX);
	opens(&c);
	c.u.sync.at[0].value.len++;
	refused(&c);
	c.u.sync.at[0].value.len--;
	c.u.sync.at[0].key.len++;
	refused(&c);
	c.u.sync.at[0].key.len = 0;
	refused(&c);
	c.u.sync.count = 0;
	c.u.sync.copy_of = gn_slice(big, GN_CONTENT_MAX - CONTENT_COPY_AROUND);
	refused(&c); /* nobody's */
	c.u.sync.person.b[0] = 1;
	opens(&c);
}

/* A body of a later version: opens, and by its number it stays or not (PE-5). */
static void later_version(void **state)
{
	(void)state;
	struct gn_content out;
	uint8_t fb[512], framed[600];
	for (uint64_t seq = 0; seq < 2; seq++) {
		struct gn_fbb b = gn_fbb(fb, sizeof fb);
		struct gn_fb_content_id id = {{1}};
		gn_fbref body = gn_fb_typing_make(&b, &(struct gn_fb_typing_args){.on = true});
		gn_fbref root = gn_fb_content_make(
			&b,
			&(struct gn_fb_content_args){
				.id = &id, .sent = 5, .seq = seq, .body_type = 99, .body = body});
		struct gn_slice made;
		assert_int_equal(gn_fbb_finish(&b, root, NULL, &made), GN_OK);
		gn_put_be32(framed, (uint32_t)made.len);
		memcpy(framed + 4, made.p, made.len);
		assert_int_equal(gn_content_open(gn_slice(framed, made.len + 4), &out, NULL),
				 GN_OK);
		assert_int_equal(out.kind, GN_CONTENT_OTHER);
		assert_int_equal(out.seq, seq);
		assert_int_equal(out.order, 5);
		struct gn_slice none;
		assert_int_equal(make(&out, &none), GN_USAGE);
	}
}

/* Out too small at every size: nothing is written. */
static void small_room(void **state)
{
	(void)state;
	struct gn_content c = text_of(100);
	struct gn_slice made;
	assert_int_equal(make(&c, &made), GN_OK);
	size_t need = made.len;
	for (size_t cap = 0; cap < need; cap++) {
		struct gn_buf b = {space, 0, cap};
		assert_int_equal(gn_content_make(&c, &b), GN_TOO_LARGE);
		assert_int_equal(b.len, 0);
	}
}

static int write_corpus(const char *folder)
{
	struct gn_content all[16];
	size_t n = samples(all);
	for (size_t i = 0; i < n; i++) {
		char path[512];
		struct gn_slice made;
		if (make(&all[i], &made))
			return 1;
		snprintf(path, sizeof path, "%s/people_content_fuzz/%02zu", folder, i + 1);
		FILE *f = fopen(path, "wb");
		if (!f || fwrite(made.p, 1, made.len, f) != made.len || fclose(f) != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	memset(big, 'x', sizeof big);
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return write_corpus(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(text_limits),
		cmocka_unit_test(place_limits),   cmocka_unit_test(file_limits),
		cmocka_unit_test(other_limits),   cmocka_unit_test(sync_limits),
		cmocka_unit_test(later_version),  cmocka_unit_test(small_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
