/* A job, and a result, of anybody: what opens is within its limits, and its slices lie in the
 * input. The first byte says which; the input's own body is signed here, so that what is behind the
 * signature is reached. Rules JO-1..JO-4. */
#include "people/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool within(struct gn_slice in, struct gn_slice part)
{
	return part.len == 0 || (part.p >= in.p && part.p + part.len <= in.p + in.len);
}

static struct gn_slice sign(const char *domain, const uint8_t seed[32], struct gn_slice body)
{
	static uint8_t room[1 << 17];
	struct gn_fbb b = gn_fbb(room, sizeof room);
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	struct gn_sk sk;
	struct gn_slice out;
	gn_sk_from_seed(seed, &sk);
	gn_sign(&sk, domain, &body, 1, &sig);
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	gn_fbref root = gn_fb_job_signed_make(
		&b, &(struct gn_fb_job_signed_args){.body = body, .sig = &fb_sig});
	return gn_fbb_finish(&b, root, GN_FB_JOB_SIGNED_IDENTIFIER, &out) == GN_OK
		       ? out
		       : gn_slice(NULL, 0);
}

static void look(struct gn_slice in)
{
	struct gn_job j;
	struct gn_job_result r;
	struct gn_hash id, key;
	if (gn_job_open(in, &j, &id) == GN_OK) {
		GN_ASSERT(within(in, j.kind) && within(in, j.recipe) && within(in, j.token));
		GN_ASSERT(j.input_count <= GN_JOB_INPUTS && gn_job_kind_ok(j.kind));
		gn_job_key(&j, &id, &id, &key);
	}
	if (gn_job_result_open(in, &r) == GN_OK) {
		GN_ASSERT(within(in, r.note) && r.note.len <= GN_JOB_NOTE_MAX);
		GN_ASSERT(r.output_count <= GN_JOB_OUTPUTS);
		for (size_t i = 0; i < r.output_count; i++)
			GN_ASSERT(within(in, r.outputs[i].bytes));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t seed[32] = {1};
	struct gn_slice in = gn_slice(data, len), rest = gn_slice_sub(in, 1, SIZE_MAX);
	if (len == 0 || len > 60000)
		return 0;
	if (data[0] == 0)
		look(rest);
	else
		look(sign(data[0] & 1 ? "geonet/job/1" : "geonet/result/1", seed, rest));
	return 0;
}
