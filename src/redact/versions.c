/* Four numbers that are a version and no IPv4 address: by the words before them. */
#include "redact/forms.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "redact/form_bytes.h"

#define WORD(literal) { literal, sizeof(literal) - 1 }

/* The word that ends at `*end`, moved to where it begins. */
static struct text word_before(struct text t, size_t *end)
{
	size_t last = *end;

	while (*end > 0 && last - *end < 16 && byte_is(t.at[*end - 1], BYTE_LETTER))
		--*end;
	return (struct text){ t.at + *end, last - *end };
}

/* The list ends with an empty word. */
static bool word_in(struct text word, const struct text *list, bool beginning)
{
	for (; list->len; list++)
		if ((beginning ? word.len >= list->len : word.len == list->len) && (word.at[0] | 32) == list->at[0] &&
		    strncasecmp(word.at, list->at, list->len) == 0)
			return true;
	return false;
}

static bool private_address(const unsigned octet[4])
{
	return octet[0] == 10 || (octet[0] == 172 && octet[1] >= 16 && octet[1] < 32) || (octet[0] == 192 && octet[1] == 168);
}

/* Versions count from small numbers; of public addresses few look so, and the words before the rest need no look. */
static bool version_like(const unsigned octet[4])
{
	return octet[0] < 200 && !private_address(octet) && (octet[1] < 40) + (octet[2] < 40) + (octet[3] < 40) >= 2;
}

/* "libicu ", "java ", "python3 ", "Server VM ": a program or a library, whose number is its version. Servers stand before their
 * address as well: of them only numbers that versions have. */
static bool program_before(struct text t, size_t start, const unsigned octet[4])
{
	static const struct text programs[] = {
		WORD("java"), WORD("openjdk"), WORD("jdk"), WORD("jre"), WORD("jvm"), WORD("python"), WORD("pip"), WORD("node"),
		WORD("nodejs"), WORD("npm"), WORD("ruby"), WORD("php"), WORD("perl"), WORD("rust"), WORD("rustc"), WORD("cargo"), WORD("golang"),
		WORD("gcc"), WORD("clang"), WORD("llvm"), WORD("glibc"), WORD("musl"), WORD("binutils"), WORD("gdb"), WORD("kernel"),
		WORD("linux"), WORD("systemd"), WORD("openssl"), WORD("boringssl"), WORD("curl"), WORD("wget"), WORD("git"), WORD("bash"),
		WORD("mesa"), WORD("mono"), WORD("dotnet"), WORD("clr"), WORD("runtime"), WORD("sdk"), WORD("chrome"),
		WORD("chromium"), WORD("firefox"), WORD("safari"), WORD("electron"), WORD("webkit"), WORD("qt"), WORD("gtk"), WORD("boost"),
		WORD("opencv"), WORD("ffmpeg"), WORD("cuda"), WORD("cudnn"), WORD("tensorrt"), WORD("nvidia"), WORD("vulkan"), WORD("opengl"),
		WORD("erlang"), WORD("otp"), WORD("elixir"), WORD("scala"), WORD("kotlin"), WORD("gradle"), WORD("maven"), WORD("cmake"),
		WORD("meson"), WORD("ninja"), WORD("bazel"), WORD("android"), WORD("ios"), WORD("macos"), WORD("windows"), WORD("sqlite"),
		WORD("icu"), WORD("zlib"), WORD("protobuf"), WORD("grpc"), WORD("tensorflow"), WORD("pytorch"), WORD("numpy"), WORD("rails"),
		WORD("django"), WORD("spring"), WORD("hibernate"), WORD("netty"), WORD("logj"), WORD("package"), WORD("plugin"),
		WORD("module"), WORD("library"), WORD("lib"), WORD("") };
	static const struct text servers[] = {
		WORD("vm"), WORD("net"), WORD("nginx"), WORD("apache"), WORD("httpd"), WORD("tomcat"), WORD("jetty"), WORD("wildfly"), WORD("postgresql"),
		WORD("postgres"), WORD("mysql"), WORD("mariadb"), WORD("mysqld"), WORD("redis"), WORD("mongodb"), WORD("oracle"), WORD("docker"),
		WORD("containerd"), WORD("kubernetes"), WORD("kubelet"), WORD("kafka"), WORD("zookeeper"), WORD("elasticsearch"),
		WORD("kibana"), WORD("grafana"), WORD("prometheus"), WORD("haproxy"), WORD("envoy"), WORD("varnish"), WORD("squid"),
		WORD("openssh"), WORD("samba"), WORD("cassandra"), WORD("clickhouse"), WORD("rabbitmq"), WORD("jenkins"), WORD("gitlab"), WORD("") };
	size_t at = start - 1, letters;
	struct text word;

	if (byte_before(t, start) != ' ')
		return false;
	/* "python3", "log4j2", "libstdc++", "openjdk-17" */
	while (at > 0 && start - at < 24 && (digit(t.at[at - 1]) || memchr("+.-", t.at[at - 1], 3)))
		at--;
	letters = at;
	word = word_before(t, &letters);
	if (!word.len)
		return false;
	return word_in(word, programs, false) || (word.len > 4 && strncasecmp(word.at, "lib", 3) == 0) ||
	       (octet[0] <= 30 && octet[0] != 8 && octet[0] != 9 && word_in(word, servers, false));
}

/* "upgraded libfoo from 1.2.3.4 to 1.2.3.5" */
static bool upgrade_before(struct text t, size_t start)
{
	static const struct text changes[] = { WORD("upgrad"), WORD("downgrad"), WORD("") };
	size_t at = start;

	while (at > 0 && start - at < 80 && t.at[at - 1] != '\n') {
		size_t end = at;
		struct text word = word_before(t, &at);

		if (word.len > 5 && word_in(word, changes, true))
			return true;
		at = end > at ? at : at - 1;
	}
	return false;
}

/* "version 1.2.3.4", "upgraded libfoo 1.2.3.4", "curl/7.88.1.2", "foo>=1.2.3.4": four numbers that are no address. Where
 * the words are doubtful ("release 10.2.3.4"), what could be an address of a private network is taken for one. */
bool version_before(struct text t, size_t start, const unsigned octet[4])
{
	static const struct text sure[] = { WORD("version"), WORD("versions"), WORD("ver"), WORD("firmware"), WORD("bios"),
					    WORD("driver"), WORD("") };
	static const struct text doubtful[] = { WORD("release"), WORD("rev"), WORD("revision"), WORD("build"), WORD("oid"),
						WORD("section"), WORD("chapter"), WORD("") };
	static const struct text changes[] = { WORD("upgrad"), WORD("updat"), WORD("install"), WORD("requir"), WORD("") };
	/* The letters that all of these words end with: n s r e v d. */
	enum { LAST = 1 << ('n' & 31) | 1 << ('s' & 31) | 1 << ('r' & 31) | 1 << ('e' & 31) | 1 << ('v' & 31) | 1 << ('d' & 31) };
	size_t at = start, blanks = 0;
	struct text word;
	bool told;

	if (byte_before(t, at) == '/')
		return at > 1 && (alnum(t.at[at - 2]) || t.at[at - 2] == '_' || t.at[at - 2] == ')');
	if (byte_before(t, at) == '=' && at > 1 && memchr("=~<>", t.at[at - 2], 4))
		return true;
	for (; at > 0 && blanks < 4 && byte_is(t.at[at - 1], BYTE_BETWEEN); blanks++)
		at--;
	if (!blanks)
		return false;
	told = at > 0 && byte_is(t.at[at - 1], BYTE_LETTER) && LAST >> (t.at[at - 1] & 31) & 1;
	if (told && (word = word_before(t, &at)).len && (word_in(word, sure, false) || (word_in(word, doubtful, false) && !private_address(octet))))
		return true;
	if (version_like(octet) && (program_before(t, start, octet) || (octet[0] < 10 && upgrade_before(t, start))))
		return true;
	/* The word before the one before. */
	at = start;
	if (octet[0] >= 10 || byte_before(t, at) != ' ')
		return false;
	for (at--; at > 0 && start - at < 64 && !isspace((unsigned char)t.at[at - 1]); at--)
		;
	return byte_before(t, at) == ' ' && (at--, word_in(word_before(t, &at), changes, true));
}
