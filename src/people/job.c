/* Jobs and results as signed bytes. Invariant: what is signed is hashed and checked as it came,
 * never encoded anew; nothing beyond the limits is made, or believed. Rules JO-1..JO-6. */
#include "people/job.h"
#include "wire/wire.h"

#define JOB_DOMAIN "geonet/job/1"
#define RESULT_DOMAIN "geonet/result/1"
#define KEY_DOMAIN "geonet/recipe/1"
#define VERSION 1

bool gn_job_kind_ok(struct gn_slice kind)
{
	size_t slash = 0;
	if (kind.len == 0 || kind.len > GN_JOB_KIND_MAX)
		return false;
	for (size_t i = 0; i < kind.len; i++) {
		uint8_t c = kind.p[i];
		bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'z';
		if (c == '/' && !slash && i > 0)
			slash = i;
		else if (slash ? !digit : !(digit || letter || c == '.' || c == '-'))
			return false;
	}
	return slash && slash + 1 < kind.len;
}

static bool job_fits(const struct gn_job *j)
{
	return j->recipe.len <= GN_JOB_RECIPE_MAX && j->token.len <= GN_JOB_TOKEN_MAX &&
	       j->input_count <= GN_JOB_INPUTS && j->copies >= 1 && j->copies <= GN_JOB_COPIES &&
	       j->cls >= 1 && j->cls <= 4 && j->not_after > 0;
}

static bool result_fits(const struct gn_job_result *r)
{
	uint64_t inside = 0;
	if (r->output_count > GN_JOB_OUTPUTS || r->note.len > GN_JOB_NOTE_MAX ||
	    r->tool.len > GN_JOB_NAME_MAX || r->tool_version.len > GN_JOB_NAME_MAX ||
	    r->status > GN_FB_JOB_STATUS_FAILED || r->fault > GN_FB_JOB_FAULT_IO ||
	    (r->status == GN_FB_JOB_STATUS_DONE) != (r->fault == GN_FB_JOB_FAULT_NONE))
		return false;
	for (size_t i = 0; i < r->output_count; i++) {
		const struct gn_job_output *o = &r->outputs[i];
		inside += o->bytes.len;
		if (o->name.len > GN_JOB_NAME_MAX || o->mime.len > GN_JOB_NAME_MAX ||
		    (o->bytes.len && o->bytes.len != o->size))
			return false;
	}
	return inside <= GN_JOB_INLINE_MAX;
}

/* ---- around both ---- */

static gn_err seal(const struct gn_sk *sk, const char *domain, struct gn_slice body, size_t most,
		   struct gn_buf *out)
{
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	struct gn_slice bytes;
	if (body.len + 128 > most)
		return GN_TOO_LARGE;
	gn_sign(sk, domain, &body, 1, &sig);
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	struct gn_fbb b = gn_fbb(out->p + out->len, out->cap - out->len);
	gn_fbref root = gn_fb_job_signed_make(
		&b, &(struct gn_fb_job_signed_args){.body = body, .sig = &fb_sig});
	GN_TRY(gn_fbb_finish(&b, root, GN_FB_JOB_SIGNED_IDENTIFIER, &bytes));
	memmove(out->p + out->len, bytes.p, bytes.len);
	out->len += bytes.len;
	return GN_OK;
}

static gn_err unseal(struct gn_slice in, size_t most, struct gn_slice *body, struct gn_sig *sig)
{
	struct gn_fb_job_signed t;
	if (in.len > most || gn_fb_job_signed_verify(in, &t) != GN_OK)
		return GN_MALFORMED;
	struct gn_fb_sig fb_sig = gn_fb_job_signed_sig(t);
	memcpy(sig->b, fb_sig.b, sizeof sig->b);
	*body = gn_fb_job_signed_body(t);
	return GN_OK;
}

/* ---- jobs ---- */

gn_err gn_job_make(const struct gn_sk *requester, const struct gn_job *j, struct gn_buf *out,
		   struct gn_hash *id)
{
	static _Thread_local uint8_t room[GN_JOB_MAX];
	struct gn_fb_key key = gn_wire_key(&requester->pk), seal_to = gn_wire_key(&j->seal_to),
			 reply = gn_wire_key(&j->reply);
	struct gn_fb_job_nonce nonce;
	gn_fbref inputs[GN_JOB_INPUTS];
	struct gn_slice body;
	if (!gn_job_kind_ok(j->kind))
		return GN_TEXT;
	if (!job_fits(j))
		return GN_RANGE;
	memcpy(nonce.b, j->nonce, sizeof nonce.b);
	struct gn_fbb b = gn_fbb(room, sizeof room);
	for (size_t i = 0; i < j->input_count; i++) {
		struct gn_fb_hash root = gn_wire_hash(j->inputs[i].root.b);
		inputs[i] = gn_fb_job_input_make(
			&b,
			&(struct gn_fb_job_input_args){.root = &root, .size = j->inputs[i].size});
	}
	gn_fbref budget = gn_fb_job_budget_make(
		&b, &(struct gn_fb_job_budget_args){.cpu_ms = j->cpu_ms,
						    .wall_ms = j->wall_ms,
						    .memory = j->memory,
						    .out_bytes = j->out_bytes});
	struct gn_fb_job_args args = {.version = VERSION,
				      .nonce = &nonce,
				      .requester = &key,
				      .kind = j->kind,
				      .recipe = j->recipe,
				      .inputs = {inputs, j->input_count},
				      .token = j->token,
				      .budget = budget,
				      .not_after = j->not_after,
				      .class = j->cls,
				      .copies = j->copies,
				      .seal_to = gn_pk_is_zero(&j->seal_to) ? NULL : &seal_to,
				      .reply = gn_pk_is_zero(&j->reply) ? NULL : &reply};
	GN_TRY(gn_fbb_finish(&b, gn_fb_job_make(&b, &args), NULL, &body));
	GN_TRY(seal(requester, JOB_DOMAIN, body, GN_JOB_MAX, out));
	gn_sha256(&body, 1, id);
	return GN_OK;
}

gn_err gn_job_open(struct gn_slice in, struct gn_job *out, struct gn_hash *id)
{
	struct gn_fb_job t;
	struct gn_slice body;
	struct gn_sig sig;
	GN_TRY(unseal(in, GN_JOB_MAX, &body, &sig));
	if (gn_fb_job_verify(body, &t) != GN_OK)
		return GN_MALFORMED;
	if (gn_fb_job_version(t) != VERSION)
		return GN_VERSION;
	if (gn_fb_job_inputs_len(t) > GN_JOB_INPUTS)
		return GN_RANGE;
	struct gn_job j = {.requester = gn_wire_key_get(gn_fb_job_requester(t)),
			   .kind = gn_fb_job_kind(t),
			   .recipe = gn_fb_job_recipe(t),
			   .token = gn_fb_job_token(t),
			   .input_count = gn_fb_job_inputs_len(t),
			   .not_after = gn_fb_job_not_after(t),
			   .cls = gn_fb_job_class(t),
			   .copies = gn_fb_job_copies(t)};
	struct gn_fb_job_nonce nonce = gn_fb_job_nonce(t);
	memcpy(j.nonce, nonce.b, sizeof j.nonce);
	for (uint32_t i = 0; i < j.input_count; i++) {
		struct gn_fb_job_input input = gn_fb_job_inputs_at(t, i);
		j.inputs[i] = (struct gn_job_input){gn_wire_hash_get(gn_fb_job_input_root(input)),
						    gn_fb_job_input_size(input)};
	}
	if (gn_fb_job_has_budget(t)) {
		struct gn_fb_job_budget budget = gn_fb_job_budget(t);
		j.cpu_ms = gn_fb_job_budget_cpu_ms(budget);
		j.wall_ms = gn_fb_job_budget_wall_ms(budget);
		j.memory = gn_fb_job_budget_memory(budget);
		j.out_bytes = gn_fb_job_budget_out_bytes(budget);
	}
	if (gn_fb_job_has_seal_to(t))
		j.seal_to = gn_wire_key_get(gn_fb_job_seal_to(t));
	if (gn_fb_job_has_reply(t))
		j.reply = gn_wire_key_get(gn_fb_job_reply(t));
	if (!gn_job_kind_ok(j.kind))
		return GN_TEXT;
	if (!job_fits(&j))
		return GN_RANGE;
	GN_TRY(gn_verify(&j.requester, JOB_DOMAIN, &body, 1, &sig));
	gn_sha256(&body, 1, id);
	*out = j;
	return GN_OK;
}

/* ---- results ---- */

gn_err gn_job_result_make(const struct gn_sk *worker, const struct gn_job_result *r,
			  struct gn_buf *out)
{
	static _Thread_local uint8_t room[2 * GN_JOB_RESULT_MAX];
	struct gn_fb_key key = gn_wire_key(&worker->pk);
	struct gn_fb_hash job = gn_wire_hash(r->job.b), tool = gn_wire_hash(r->tool_digest.b),
			  model = gn_wire_hash(r->model_digest.b);
	gn_fbref outputs[GN_JOB_OUTPUTS];
	struct gn_slice body;
	if (!result_fits(r) || !gn_utf8_ok(r->note))
		return GN_RANGE;
	struct gn_fbb b = gn_fbb(room, sizeof room);
	for (size_t i = 0; i < r->output_count; i++) {
		const struct gn_job_output *o = &r->outputs[i];
		struct gn_fb_hash root = gn_wire_hash(o->root.b);
		outputs[i] = gn_fb_job_output_make(
			&b, &(struct gn_fb_job_output_args){.name = o->name,
							    .root = &root,
							    .size = o->size,
							    .mime = o->mime,
							    .bytes = o->bytes});
	}
	gn_fbref usage =
		gn_fb_job_usage_make(&b, &(struct gn_fb_job_usage_args){.cpu_ms = r->cpu_ms,
									.wall_ms = r->wall_ms,
									.peak = r->peak,
									.in = r->in,
									.out = r->out});
	struct gn_fb_job_result_args args = {
		.version = VERSION,
		.job = &job,
		.attempt = r->attempt,
		.status = r->status,
		.fault = r->fault,
		.outputs = {outputs, r->output_count},
		.usage = usage,
		.tool = r->tool,
		.tool_version = r->tool_version,
		.tool_digest = gn_is_zero(tool.b, sizeof tool.b) ? NULL : &tool,
		.model_digest = gn_is_zero(model.b, sizeof model.b) ? NULL : &model,
		.sandbox = r->sandbox,
		.note = r->note,
		.worker = &key};
	GN_TRY(gn_fbb_finish(&b, gn_fb_job_result_make(&b, &args), NULL, &body));
	return seal(worker, RESULT_DOMAIN, body, GN_JOB_RESULT_MAX, out);
}

gn_err gn_job_result_open(struct gn_slice in, struct gn_job_result *out)
{
	struct gn_fb_job_result t;
	struct gn_slice body;
	struct gn_sig sig;
	GN_TRY(unseal(in, GN_JOB_RESULT_MAX, &body, &sig));
	if (gn_fb_job_result_verify(body, &t) != GN_OK)
		return GN_MALFORMED;
	if (gn_fb_job_result_version(t) != VERSION)
		return GN_VERSION;
	if (gn_fb_job_result_outputs_len(t) > GN_JOB_OUTPUTS)
		return GN_RANGE;
	struct gn_job_result r = {.job = gn_wire_hash_get(gn_fb_job_result_job(t)),
				  .attempt = gn_fb_job_result_attempt(t),
				  .status = gn_fb_job_result_status(t),
				  .fault = gn_fb_job_result_fault(t),
				  .output_count = gn_fb_job_result_outputs_len(t),
				  .tool = gn_fb_job_result_tool(t),
				  .tool_version = gn_fb_job_result_tool_version(t),
				  .note = gn_fb_job_result_note(t),
				  .sandbox = gn_fb_job_result_sandbox(t),
				  .worker = gn_wire_key_get(gn_fb_job_result_worker(t))};
	for (uint32_t i = 0; i < r.output_count; i++) {
		struct gn_fb_job_output o = gn_fb_job_result_outputs_at(t, i);
		r.outputs[i] =
			(struct gn_job_output){.name = gn_fb_job_output_name(o),
					       .mime = gn_fb_job_output_mime(o),
					       .bytes = gn_fb_job_output_bytes(o),
					       .root = gn_wire_hash_get(gn_fb_job_output_root(o)),
					       .size = gn_fb_job_output_size(o)};
	}
	if (gn_fb_job_result_has_usage(t)) {
		struct gn_fb_job_usage u = gn_fb_job_result_usage(t);
		r.cpu_ms = gn_fb_job_usage_cpu_ms(u);
		r.wall_ms = gn_fb_job_usage_wall_ms(u);
		r.peak = gn_fb_job_usage_peak(u);
		r.in = gn_fb_job_usage_in(u);
		r.out = gn_fb_job_usage_out(u);
	}
	if (gn_fb_job_result_has_tool_digest(t))
		r.tool_digest = gn_wire_hash_get(gn_fb_job_result_tool_digest(t));
	if (gn_fb_job_result_has_model_digest(t))
		r.model_digest = gn_wire_hash_get(gn_fb_job_result_model_digest(t));
	if (!result_fits(&r))
		return GN_RANGE;
	GN_TRY(gn_verify(&r.worker, RESULT_DOMAIN, &body, 1, &sig));
	*out = r;
	return GN_OK;
}

void gn_job_key(const struct gn_job *j, const struct gn_hash *tool_digest,
		const struct gn_hash *model_digest, struct gn_hash *key)
{
	struct gn_hash kind, recipe;
	struct gn_slice parts[5 + GN_JOB_INPUTS];
	size_t count = 0;
	GN_ASSERT(j->input_count <= GN_JOB_INPUTS);
	gn_sha256(&j->kind, 1, &kind);
	gn_sha256(&j->recipe, 1, &recipe);
	parts[count++] = GN_LIT(KEY_DOMAIN);
	parts[count++] = GN_SLICE(kind.b);
	parts[count++] = GN_SLICE(tool_digest->b);
	parts[count++] = GN_SLICE(model_digest->b);
	parts[count++] = GN_SLICE(recipe.b);
	for (size_t i = 0; i < j->input_count; i++)
		parts[count++] = GN_SLICE(j->inputs[i].root.b);
	gn_sha256(parts, count, key);
}
