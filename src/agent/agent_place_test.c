/* Where the socket is: the runtime directory when it is the user's alone, else DATA. AG-61. */
#include "agent/agent_int.h"
#include "agent/testing/nest.h"

#include <sys/stat.h>
#include <unistd.h>

static char root[128];

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	snprintf(root, sizeof root, "%s/gn_place.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[160];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command); /* NOLINT(cert-env33-c): a path of our own making */
}

static void chosen(void **state)
{
	char out[512], folder[160];
	(void)state;
	snprintf(folder, sizeof folder, "%s/geonet", root);
	assert_true(agent_place("", "/data", out, sizeof out));
	assert_string_equal(out, "/data/agent/agent.sock");
	assert_true(agent_place(root, "/data", out, sizeof out));
	assert_int_equal(strncmp(out, folder, strlen(folder)), 0);
	assert_string_equal(out + strlen(folder), "/agent.sock");
	assert_true(agent_place(root, "/data", out, sizeof out)); /* its folder is there */
	/* open to others, another kind of file, none, relative: DATA, and it is told */
	assert_int_equal(chmod(folder, 0750), 0);
	assert_false(agent_place(root, "/data", out, sizeof out));
	assert_string_equal(out, "/data/agent/agent.sock");
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(symlink("/tmp", folder), 0);
	assert_false(agent_place(root, "/data", out, sizeof out));
	assert_int_equal(unlink(folder), 0);
	assert_int_equal(chmod(root, 0711), 0);
	assert_false(agent_place(root, "/data", out, sizeof out));
	assert_int_equal(chmod(root, 0700), 0);
	assert_false(agent_place("/nowhere/at/all", "/data", out, sizeof out));
	assert_false(agent_place("run", "/data", out, sizeof out));
}

static void longest(void **state)
{
	char out[512], path[AGENT_RUNTIME_MAX + 2];
	(void)state;
	size_t len = strlen(root);
	assert_true(len < AGENT_RUNTIME_MAX);
	memcpy(path, root, len);
	while (len + 2 < AGENT_RUNTIME_MAX) { /* names of one letter */
		path[len++] = '/';
		path[len++] = 'a';
		path[len] = 0;
		assert_int_equal(mkdir(path, 0700), 0);
	}
	size_t last = AGENT_RUNTIME_MAX - len;
	path[len++] = last == 1 ? 'a' : '/'; /* one more letter, or a folder of one */
	if (last == 2)
		path[len++] = 'b';
	path[len] = 0;
	assert_int_equal(len, AGENT_RUNTIME_MAX);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(agent_place(path, "/data", out, sizeof out));
	assert_true(strlen(out) < 108);
	path[len - 1] = 'c';
	path[len] = 'c';
	path[len + 1] = 0;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(agent_place(path, "/data", out, sizeof out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(chosen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(longest, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
