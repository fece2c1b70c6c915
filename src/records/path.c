/* Paths of a bundle: which are allowed, which clash, what type a file has by its name.
 *
 * A bundle must mean the same on every file system it may be copied to, so names that differ
 * only by case on one level are refused; case is folded by Unicode's simple folding, one
 * character at a time. Rules: docs/spec/services.md BU-1, BU-2. */
#include "records/manifest_int.h"

#include <stdlib.h>
#include <uninorm.h>

static gn_err refuse_path(const char **why, const char *sentence)
{
	if (why)
		*why = sentence;
	return GN_USAGE;
}

gn_err gn_bundle_path_check(struct gn_slice path, const char **why)
{
	if (path.len == 0)
		return refuse_path(why, "the path is empty");
	if (path.len > GN_PATH_MAX)
		return refuse_path(why, "the path is longer than 1,024 bytes");
	if (path.p[0] == '/')
		return refuse_path(why, "the path is not relative");
	if (!gn_utf8_ok(path))
		return refuse_path(why, "the path is not valid UTF-8");
	for (size_t start = 0, i = 0; i <= path.len; i++) {
		if (i < path.len && path.p[i] != '/') {
			uint8_t c = path.p[i];
			if (c < 0x20 || c == 0x7f)
				return refuse_path(why, "the path has a control character");
			if (c == '\\')
				return refuse_path(why, "the path has a backslash");
			continue;
		}
		struct gn_slice part = gn_slice_sub(path, start, i - start);
		if (part.len == 0)
			return refuse_path(why, "the path has an empty part");
		if (gn_slice_eq(part, GN_LIT(".")) || gn_slice_eq(part, GN_LIT("..")))
			return refuse_path(why, "the path has a part \".\" or \"..\"");
		start = i + 1;
	}
	return GN_OK;
}

bool gn_bundle_path_form(struct gn_slice path, bool composed, char out[GN_PATH_MAX],
			 struct gn_slice *text)
{
	size_t len = GN_PATH_MAX, ascii = 0;
	while (ascii < path.len && path.p[ascii] < 0x80)
		ascii++;
	if (path.len > GN_PATH_MAX || !gn_utf8_ok(path))
		return false;
	if (ascii == path.len) {
		*text = path;
		return true;
	}
	uint8_t *made = u8_normalize(composed ? UNINORM_NFC : UNINORM_NFD, path.p, path.len,
				     (uint8_t *)out, &len);
	if (made != (uint8_t *)out) { /* it did not fit */
		free(made);
		return false;
	}
	*text = gn_slice(out, len);
	return true;
}

gn_err gn_bundle_path_nfc(struct gn_slice path, char out[GN_PATH_MAX], size_t *len)
{
	struct gn_slice text;
	if (!gn_utf8_ok(path))
		return GN_TEXT;
	if (!gn_bundle_path_form(path, true, out, &text))
		return GN_TOO_LARGE;
	if (text.p == path.p)
		memcpy(out, path.p, path.len);
	*len = text.len;
	return GN_OK;
}

int gn_bundle_path_order(struct gn_slice a, struct gn_slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* ---- folding ---- */

/* The next character of well-formed UTF-8, folded; '/' comes before all others so that a
 * folder's files lie together. At the end 0. */
static uint32_t next_folded(struct gn_slice s, size_t *at)
{
	if (*at >= s.len)
		return 0;
	uint32_t c = s.p[(*at)++];
	if (c < 0x80) {
		if (c >= 'A' && c <= 'Z')
			return c + 32;
		return c == '/' ? 1 : c;
	}
	unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	c &= 0x3fu >> more;
	for (; more; more--)
		c = c << 6 | (s.p[(*at)++] & 0x3fu);
	return gn_bundle_fold(c);
}

int gn_bundle_fold_order(struct gn_slice a, struct gn_slice b)
{
	size_t i = 0, j = 0;
	for (;;) {
		uint32_t x = next_folded(a, &i), y = next_folded(b, &j);
		if (x != y)
			return x < y ? -1 : 1;
		if (x == 0)
			return 0;
	}
}

bool gn_bundle_path_clash(struct gn_slice a, struct gn_slice b)
{
	size_t i = 0, j = 0, part_a = 0, part_b = 0;
	for (;;) {
		uint32_t x = next_folded(a, &i), y = next_folded(b, &j);
		bool end_a = x <= 1, end_b = y <= 1;
		if (x != y && !(end_a && end_b))
			return false;
		if (!end_a)
			continue;
		size_t stop_a = x ? i - 1 : i, stop_b = y ? j - 1 : j;
		if (!gn_slice_eq(gn_slice_sub(a, part_a, stop_a - part_a),
				 gn_slice_sub(b, part_b, stop_b - part_b)))
			return true; /* the same but for case */
		if (!x || !y)
			return true; /* equal, or a file where the other has a folder */
		part_a = i;
		part_b = j;
	}
}

/* ---- types ---- */

static const struct {
	const char *suffix, *mime;
} mimes[] = {
	{"html", "text/html; charset=utf-8"},
	{"htm", "text/html; charset=utf-8"},
	{"css", "text/css; charset=utf-8"},
	{"js", "text/javascript; charset=utf-8"},
	{"mjs", "text/javascript; charset=utf-8"},
	{"json", "application/json"},
	{"map", "application/json"},
	{"webmanifest", "application/manifest+json"},
	{"txt", "text/plain; charset=utf-8"},
	{"md", "text/markdown; charset=utf-8"},
	{"csv", "text/csv; charset=utf-8"},
	{"xml", "application/xml"},
	{"svg", "image/svg+xml"},
	{"png", "image/png"},
	{"jpg", "image/jpeg"},
	{"jpeg", "image/jpeg"},
	{"gif", "image/gif"},
	{"webp", "image/webp"},
	{"avif", "image/avif"},
	{"ico", "image/x-icon"},
	{"bmp", "image/bmp"},
	{"mp4", "video/mp4"},
	{"m4v", "video/mp4"},
	{"webm", "video/webm"},
	{"mkv", "video/x-matroska"},
	{"mov", "video/quicktime"},
	{"mp3", "audio/mpeg"},
	{"m4a", "audio/mp4"},
	{"ogg", "audio/ogg"},
	{"opus", "audio/ogg"},
	{"flac", "audio/flac"},
	{"wav", "audio/wav"},
	{"woff", "font/woff"},
	{"woff2", "font/woff2"},
	{"ttf", "font/ttf"},
	{"otf", "font/otf"},
	{"wasm", "application/wasm"},
	{"pdf", "application/pdf"},
	{"zip", "application/zip"},
	{"gz", "application/gzip"},
	{"tar", "application/x-tar"},
	{"7z", "application/x-7z-compressed"},
	{"epub", "application/epub+zip"},
	{"vtt", "text/vtt; charset=utf-8"},
	{"m3u8", "application/vnd.apple.mpegurl"},
	{"rss", "application/rss+xml"},
	{"atom", "application/atom+xml"},
	{"yaml", "application/yaml"},
	{"yml", "application/yaml"},
	{"toml", "application/toml"},
	{"c", "text/plain; charset=utf-8"},
	{"h", "text/plain; charset=utf-8"},
	{"log", "text/plain; charset=utf-8"},
	{"xhtml", "application/xhtml+xml"},
	{"cjs", "text/javascript; charset=utf-8"},
	{"jsonld", "application/ld+json"},
	{"geojson", "application/geo+json"},
	{"ndjson", "application/x-ndjson"},
	{"text", "text/plain; charset=utf-8"},
	{"rst", "text/plain; charset=utf-8"},
	{"adoc", "text/plain; charset=utf-8"},
	{"tex", "text/plain; charset=utf-8"},
	{"ini", "text/plain; charset=utf-8"},
	{"conf", "text/plain; charset=utf-8"},
	{"diff", "text/plain; charset=utf-8"},
	{"patch", "text/plain; charset=utf-8"},
	{"asc", "text/plain; charset=utf-8"},
	{"sh", "text/plain; charset=utf-8"},
	{"py", "text/plain; charset=utf-8"},
	{"rs", "text/plain; charset=utf-8"},
	{"go", "text/plain; charset=utf-8"},
	{"ts", "text/plain; charset=utf-8"},
	{"tsx", "text/plain; charset=utf-8"},
	{"jsx", "text/plain; charset=utf-8"},
	{"cc", "text/plain; charset=utf-8"},
	{"cpp", "text/plain; charset=utf-8"},
	{"hpp", "text/plain; charset=utf-8"},
	{"java", "text/plain; charset=utf-8"},
	{"sql", "text/plain; charset=utf-8"},
	{"markdown", "text/markdown; charset=utf-8"},
	{"tsv", "text/tab-separated-values; charset=utf-8"},
	{"ics", "text/calendar; charset=utf-8"},
	{"vcf", "text/vcard; charset=utf-8"},
	{"srt", "application/x-subrip"},
	{"xsl", "application/xslt+xml"},
	{"xslt", "application/xslt+xml"},
	{"dtd", "application/xml-dtd"},
	{"kml", "application/vnd.google-earth.kml+xml"},
	{"gpx", "application/gpx+xml"},
	{"svgz", "application/gzip"},
	{"apng", "image/apng"},
	{"jfif", "image/jpeg"},
	{"jxl", "image/jxl"},
	{"heic", "image/heic"},
	{"heif", "image/heif"},
	{"tif", "image/tiff"},
	{"tiff", "image/tiff"},
	{"cur", "image/x-icon"},
	{"mpg", "video/mpeg"},
	{"mpeg", "video/mpeg"},
	{"ogv", "video/ogg"},
	{"avi", "video/x-msvideo"},
	{"3gp", "video/3gpp"},
	{"m4s", "video/iso.segment"},
	{"mpd", "application/dash+xml"},
	{"oga", "audio/ogg"},
	{"aac", "audio/aac"},
	{"weba", "audio/webm"},
	{"mid", "audio/midi"},
	{"midi", "audio/midi"},
	{"aif", "audio/aiff"},
	{"aiff", "audio/aiff"},
	{"ttc", "font/collection"},
	{"eot", "application/vnd.ms-fontobject"},
	{"glb", "model/gltf-binary"},
	{"gltf", "model/gltf+json"},
	{"obj", "model/obj"},
	{"stl", "model/stl"},
	{"rtf", "application/rtf"},
	{"ps", "application/postscript"},
	{"djvu", "image/vnd.djvu"},
	{"mobi", "application/x-mobipocket-ebook"},
	{"doc", "application/msword"},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"xls", "application/vnd.ms-excel"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"ppt", "application/vnd.ms-powerpoint"},
	{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"odt", "application/vnd.oasis.opendocument.text"},
	{"ods", "application/vnd.oasis.opendocument.spreadsheet"},
	{"odp", "application/vnd.oasis.opendocument.presentation"},
	{"tgz", "application/gzip"},
	{"bz2", "application/x-bzip2"},
	{"xz", "application/x-xz"},
	{"zst", "application/zstd"},
	{"rar", "application/vnd.rar"},
	{"jar", "application/java-archive"},
	{"apk", "application/vnd.android.package-archive"},
	{"deb", "application/vnd.debian.binary-package"},
	{"iso", "application/x-iso9660-image"},
	{"torrent", "application/x-bittorrent"},
	{"sqlite", "application/vnd.sqlite3"},
	{"pem", "application/x-pem-file"},
	{"swf", "application/vnd.adobe.flash.movie"},
};

const char *gn_bundle_mime(struct gn_slice path)
{
	size_t dot = path.len;
	while (dot > 0 && path.p[dot - 1] != '.' && path.p[dot - 1] != '/')
		dot--;
	struct gn_slice suffix = gn_slice_sub(path, dot, path.len);
	if (dot > 0 && path.p[dot - 1] == '.')
		for (size_t i = 0; i < GN_COUNT(mimes); i++)
			if (gn_same_word(suffix, gn_str(mimes[i].suffix)))
				return mimes[i].mime;
	return "application/octet-stream";
}

/* UTF-8, of which a character at the end may be cut, without control characters. */
static bool is_text(struct gn_slice data)
{
	size_t len = data.len;
	if (!len)
		return false;
	for (int cut = 0; data.len == GN_TYPE_LOOK && cut < 3 && !gn_utf8_ok(gn_slice(data.p, len));
	     cut++)
		len--;
	for (size_t i = 0; i < len; i++)
		if ((data.p[i] < 0x20 &&
		     !(data.p[i] >= 0x09 && data.p[i] <= 0x0d && data.p[i] != 0x0b)) ||
		    data.p[i] == 0x7f)
			return false;
	return gn_utf8_ok(gn_slice(data.p, len));
}

const char *gn_bundle_type(struct gn_slice path, struct gn_slice begins)
{
	size_t name = path.len;
	while (name > 0 && path.p[name - 1] != '/')
		name--;
	size_t first = name + (name < path.len && path.p[name] == '.');
	if (begins.len > GN_TYPE_LOOK)
		begins.len = GN_TYPE_LOOK;
	bool suffix = first < path.len && memchr(path.p + first, '.', path.len - first);
	return !suffix && is_text(begins) ? "text/plain; charset=utf-8" : gn_bundle_mime(path);
}
