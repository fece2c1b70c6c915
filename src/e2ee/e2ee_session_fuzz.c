/* Two devices and what happens between them, drawn by the input: messages, deliveries in any order,
 * twice or never, authentic nonsense, new set-ups, new prekeys, devices put back. An operation is a
 * byte: low 4 bits what, high 4 an argument. Each letter opens once unless its reader was put back,
 * and always as what it was. */
#include "e2ee/testing/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define LETTERS 24
#define STEPS_MAX 160

static struct party p[2];
static struct snapshot start[2], saved[2];
static struct letter letters[LETTERS];
static struct {
	uint8_t to, number;
	bool forged, opened;
} about[LETTERS];
static unsigned count;

static void make(void)
{
	for (unsigned k = 0; k < 2; k++)
		party_make(&p[k], 1 + k, k);
	parties_meet(&p[0], &p[1]);
	for (unsigned k = 0; k < 2; k++)
		start[k] = party_save(&p[k]);
}

static void write_letter(unsigned from, bool full)
{
	static uint8_t content[700];
	unsigned at = count % LETTERS;
	memset(content, (int)(count & 0xff), sizeof content);
	gn_err err = party_send(&p[from], &p[!from], gn_slice(content, full ? 700 : 1),
				&letters[at], 1800000000);
	GN_ASSERT(err == GN_OK);
	about[at].to = !from;
	about[at].number = (uint8_t)count++;
	about[at].forged = about[at].opened = false;
}

static void read_letter(unsigned at)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read r;
	if (at >= count)
		return;
	enum gn_e2ee_result got =
		party_read(&p[about[at].to], &letters[at], &r, &out, 1800000000 + count);
	if (got != GN_E2EE_OPENED)
		return;
	GN_ASSERT(!about[at].opened);
	GN_ASSERT(about[at].forged || space[0] == about[at].number);
	about[at].opened = true;
}

static void forge(unsigned from, struct gn_reader *r)
{
	static const uint32_t jumps[] = {0, 1, 2, 9};
	struct forgery f;
	unsigned at = count % LETTERS;
	uint8_t how = gn_read_u8(r), more = gn_read_u8(r);
	const struct e2ee_peer *peer = e2ee_peer_get(p[from].e, &p[!from].own.device);
	if (!peer || !peer->count)
		return;
	forge_begin(&p[from], &p[!from], &f);
	forge_ahead(&p[from], &p[!from], jumps[how & 3], jumps[how >> 2 & 3], &f);
	if (how & 16)
		f.header.pn = more;
	if (how & 32)
		f.header.count = more;
	if (how & 64)
		f.header.epoch += more & 3;
	f.chunk = how & 128;
	f.inner[E2EE_KEY] = f.chunk ? 1 + (more & 1) : 0;
	f.inner[E2EE_KEY + 1] = f.chunk ? more : 0;
	memset(f.inner + E2EE_KEY + 2, more, E2EE_CHUNK);
	f.next = more == 255;
	forge_letter(&p[from], &p[!from], &f, &letters[at]);
	about[at].to = !from;
	about[at].forged = true;
	about[at].opened = false;
	count++;
}

static void put_back(unsigned k)
{
	party_load(&p[k], saved[k].p ? saved[k] : start[k]);
	for (unsigned i = 0; i < LETTERS; i++)
		if (about[i].to == k)
			about[i].opened = false;
}

static void step(uint8_t op, struct gn_reader *r)
{
	unsigned arg = op >> 4, k = arg & 1;
	gn_err err = GN_OK;
	switch (op & 15) {
	case 0:
	case 1:
	case 2: write_letter(k, arg & 2); break;
	case 3:
	case 4:
	case 5:
	case 6: read_letter((count + LETTERS - 1 - arg) % LETTERS); break;
	case 7: read_letter(arg); break;
	case 8: forge(k, r); break;
	case 9: err = gn_e2ee_anew(p[k].e, &p[!k].own.device); break;
	case 10:
		if (p[k].e->prekeys.count > E2EE_PREKEYS_MAX - 5)
			break;
		party_renew(&p[k], arg >> 1 & 3);
		party_believe(&p[!k], &p[k]);
		break;
	case 11: gn_e2ee_prekeys_erase(p[k].e, &(uint32_t){10u * (1 + (arg >> 1))}, 1); break;
	case 12:
		snapshot_free(&saved[k]);
		saved[k] = party_save(&p[k]);
		break;
	case 13: put_back(k); break;
	default: /* there and back */
		for (unsigned i = 0; i < 2; i++, k = !k) {
			write_letter(k, false);
			read_letter((count - 1) % LETTERS);
		}
		break;
	}
	GN_ASSERT(err == GN_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	if (!start[0].p)
		make();
	for (unsigned k = 0; k < 2; k++) {
		party_load(&p[k], start[k]);
		snapshot_free(&saved[k]);
		gn_prng_init(&p[k].prng, 10 + k);
		p[k].next_id = 20;
	}
	parties_meet(&p[0], &p[1]);
	count = 0;
	memset(about, 0, sizeof about);
	for (unsigned i = 0; i < STEPS_MAX && gn_reader_left(&r); i++)
		step(gn_read_u8(&r), &r);
	for (unsigned k = 0; k < 2; k++)
		gn_e2ee_validate(p[k].e);
	return 0;
}
