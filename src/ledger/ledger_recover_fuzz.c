/* A journal folder from anywhere: two files and a snapshot cut from the input. Recovery ends,
 * with a whole ledger or with a reason. */
#include "ledger/ledger.h"
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Input: length of the first file 4, of the second 4 (big-endian, clipped), both files, and the
 * rest is a snapshot of seq 5. */
struct folder {
	struct gn_slice file[3];
};

static const char *const names[3] = {"00000001.log", "00000002.log", "0000000000000005.snap"};

static struct gn_slice find(const struct folder *f, const char *name)
{
	for (int i = 0; i < 3; i++)
		if (strlen(name) > 2 && strcmp(name + 2, names[i]) == 0)
			return f->file[i];
	return gn_slice(NULL, 0);
}

static void perform(struct gn_ledger *l, const struct folder *f, const struct gn_ledger_io *q)
{
	char list[256];
	int n = 0;
	struct gn_slice answer = {NULL, 0};
	if (q->op == GN_LIO_LIST) {
		for (int i = 0; i < 3; i++)
			if (f->file[i].len)
				n += snprintf(list + n, sizeof list - (size_t)n, "%zu %s\n",
					      f->file[i].len, names[i]);
		answer = gn_slice(list, (size_t)n);
	} else if (q->op == GN_LIO_READ) {
		answer = gn_slice_sub(find(f, q->name), q->offset, q->len);
	}
	gn_ledger_io_done(l, q->token, GN_OK, answer, GN_SEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	uint32_t first = gn_read_be32(&r), second = gn_read_be32(&r);
	if (r.bad)
		return 0;
	struct gn_slice rest = gn_slice(r.p, gn_reader_left(&r));
	struct folder f = {.file = {gn_slice_sub(rest, 0, first)}};
	rest = gn_slice_sub(rest, f.file[0].len, rest.len);
	f.file[1] = gn_slice_sub(rest, 0, second);
	f.file[2] = gn_slice_sub(rest, f.file[1].len, rest.len);
	struct gn_alloc alloc;
	struct gn_prng prng;
	gn_alloc_heap(&alloc, 256u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&alloc, &rand, NULL};
	struct gn_ledger_config config = {
		.dir = "l", .hub = {{59,  106, 39,  188, 206, 182, 164, 45, 98,  163, 168,
				     208, 42,  111, 13,  115, 101, 50,  21, 119, 29,  226,
				     67,  166, 58,  192, 72,  161, 139, 89, 218, 41}}};
	struct gn_ledger *l;
	struct gn_ledger_event e;
	struct gn_ledger_io q;
	bool ready = false;
	GN_ASSERT(gn_ledger_new(&env, &config, &l) == GN_OK);
	gn_ledger_start(l, GN_SEC);
	for (unsigned steps = 0; !ready; steps++) {
		GN_ASSERT(steps < 10000);
		while (gn_ledger_next_event(l, &e))
			ready |= e.kind == GN_LEDGER_READY;
		if (!ready && gn_ledger_next_io(l, &q))
			perform(l, &f, &q);
	}
	gn_ledger_validate(l);
	gn_ledger_free(l);
	GN_ASSERT(alloc.count == 0);
	return 0;
}
