/* From a URL path to a file of a site, as a static web server would. Rule: docs/spec/services.md
 * BU-6. */
#include "records/manifest_int.h"

/* Percent-decodes into w. A coded '/' or NUL is no part of any path: *odd. GN_USAGE: not two hex
 * digits after '%'. */
static gn_err decode_url(struct gn_slice in, struct gn_writer *w, bool *odd)
{
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.p[i];
		if (c == '%') {
			int high = i + 2 < in.len ? gn_hex_digit(in.p[i + 1]) : -1,
			    low = i + 2 < in.len ? gn_hex_digit(in.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return GN_USAGE;
			c = (uint8_t)(high * 16 + low);
			*odd = *odd || c == '/' || c == 0;
			i += 2;
		}
		gn_write_u8(w, c);
	}
	return GN_OK;
}

/* The file at path; *redirect when it is the page of a folder that was named without its '/'. */
static gn_err find_page(const struct gn_manifest *m, struct gn_writer *path,
			struct gn_bundle_file *out, bool *redirect)
{
	size_t len = gn_writer_len(path);
	bool folder = len > 0 && path->start[len - 1] == '/';
	if (!folder && gn_manifest_find(m, gn_slice(path->start, len), out) == GN_OK)
		return GN_OK;
	gn_write_bytes(path, folder ? GN_LIT("index.html") : GN_LIT("/index.html"));
	if (path->bad ||
	    gn_manifest_find(m, gn_slice(path->start, gn_writer_len(path)), out) != GN_OK)
		return GN_NOT_FOUND;
	*redirect = !folder;
	return GN_OK;
}

gn_err gn_manifest_resolve(const struct gn_manifest *m, struct gn_slice url_path,
			   struct gn_bundle_file *out, int *status, bool *redirect)
{
	struct gn_manifest_args info;
	uint8_t storage[GN_PATH_MAX + 16]; /* and "/index.html" */
	struct gn_writer path = gn_writer(storage, sizeof storage);
	bool odd = false, moved = false;
	if (url_path.len == 0 || url_path.p[0] != '/')
		return GN_USAGE;
	GN_TRY(decode_url(gn_slice(url_path.p + 1, url_path.len - 1), &path, &odd));
	gn_manifest_info(m, &info);
	gn_err err = GN_NOT_FOUND;
	if (url_path.len == 1)
		err = info.entry.p ? gn_manifest_find(m, info.entry, out) : GN_NOT_FOUND;
	else if (!odd && !path.bad)
		err = find_page(m, &path, out, &moved);
	*status = moved ? 301 : 200;
	if (err == GN_NOT_FOUND && info.not_found.p) {
		err = gn_manifest_find(m, info.not_found, out);
		*status = 404;
	}
	*redirect = moved;
	return err;
}
