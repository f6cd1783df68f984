/* Where models are and who may see which key: flags, environment, ./.syswhy.conf, ~/.config/syswhy/config. */
#pragma once
#include "base/json.h"
#include "base/vec.h"

#define LLM_CONCURRENT_MOST 256 /* requests in flight */

enum llm_kind {
	LLM_COMPATIBLE, /* any server that speaks one of the protocols */
	LLM_OPENAI,
	LLM_AZURE,	   /* base …/openai/v1 */
	LLM_AZURE_CLASSIC, /* base …, one deployment a model, api-version */
	LLM_ANTHROPIC,
	LLM_OLLAMA,
	LLM_LLAMACPP,
	LLM_VLLM,
	LLM_REPLAY, /* no server: a file of tests/conversations/ */
};

/* Where a setting came from; a higher one wins. */
enum llm_source { FROM_DEFAULT, FROM_USER, FROM_PROJECT, FROM_ENVIRONMENT, FROM_FLAG };

/* A key is fetched when it is first needed, and goes to `host` only. */
struct llm_key {
	enum { KEY_NONE, KEY_ENV, KEY_FILE, KEY_COMMAND } from;
	char *where;   /* the variable, file or command */
	char *host;    /* "https://api.openai.com": scheme, host and port that it may be sent to */
	char *value;   /* once fetched; wiped at the end */
	struct error failed; /* of its command, which is not asked again meanwhile: it may take its time or ask a person */
	bool fresh;    /* set in the file that is being read: bound to the host at its end */
	bool bearer;   /* a token for "Authorization: Bearer", whatever the endpoint's own header */
};

struct llm_endpoint {
	char *name;
	enum llm_kind kind;
	char *base;	/* URL without a final slash; may hold a key in its query */
	char *shown;	/* the same for people: url_show() */
	char *protocol; /* "chat", "responses", "messages"; NULL: as the kind and the model want */
	char *api_version, *organisation, *project;
	VEC(char *) headers; /* "Name: value", sent as they are */
	struct llm_key key;
	enum llm_source base_from;
	char *place;	/* "FILE:LINE" of its first section; NULL: none */
	bool detected;	/* found on loopback, not configured */
	bool refused;	/* a project's file may not say something that it says of it; that is noted */
};

struct llm_model {
	char *alias; /* what -m takes */
	char *name;  /* what the server calls it */
	struct llm_endpoint *endpoint;
	long context;	 /* tokens; 0: ask the server, or data/models */
	long max_output; /* tokens; 0: a default */
	double temperature; /* NAN: the server's */
	char *effort;	 /* of reasoning; NULL: the server's */
	double price_input, price_output; /* US dollars a million tokens; NAN: data/models/prices */
	/* Learned while the program runs. */
	bool asked;	 /* the server was asked for its context */
	long told;	 /* and said so many tokens; 0: it did not */
	bool asked_late; /* once more, when an answer had loaded the model */
	double ratio;	 /* tokens counted by the server, per token estimated; 0: not known */
};

struct llm_config {
	VEC(struct llm_endpoint *) endpoints;
	VEC(struct llm_model *) models;
	char *model;	    /* what was asked for: an alias, a name, ENDPOINT/NAME; NULL: nothing */
	enum llm_source model_from;
	char *embeddings;   /* the model for vectors, named as `model`; NULL: none */
	long max_concurrent; /* requests in flight */
	long retries;
	double retry_delay;  /* seconds before the first retry; doubles */
	double connect, first_token, total; /* deadlines, seconds */
	bool dry_run;
	bool no_stream;	     /* answers are asked for in one piece */
	bool no_local;	     /* do not look for servers on loopback */
	bool no_history;     /* of the history (knowledge/history.h), which these files set up too */
	double history_days, history_mib; /* -1: not set; 0: no limit */
	char *user_file;     /* NULL: there is no such place */
	VEC(char *) notes;   /* what was refused, and why; for the person */
};

struct llm_flags {
	const char *model;    /* -m; NULL */
	long max_concurrent;  /* --max-concurrent-queries; <= 0: not given */
	bool dry_run, no_stream;
	const char *user_file, *project_file; /* NULL: the usual places */
};

/* Reads all sources; no network. A mistake in a file is an error (-EINVAL) that names file and line. What a
 * project file may not say is left out and noted. */
int llm_config_load(struct llm_config *config, const struct llm_flags *flags, struct error *err);
void llm_config_done(struct llm_config *config);
#define AUTO_LLM_CONFIG AUTO(llm_config_done) struct llm_config

/* The model that `name` (NULL: the configured choice) means: an alias, ENDPOINT/NAME, NAME when there is one
 * endpoint or just one whose provider makes models of that name, "replay:FILE". Borrowed from the config. NULL, without an error, when nothing was chosen. */
struct llm_model *llm_config_model(struct llm_config *config, const char *name, struct error *err);
/* The alias that is written nearly so, or NULL. */
const char *llm_config_nearest(const struct llm_config *config, const char *name);
/* Adds a model of an endpoint. */
struct llm_model *llm_config_add(struct llm_config *config, struct llm_endpoint *endpoint, const char *alias,
				 const char *name);
struct llm_endpoint *llm_config_endpoint(struct llm_config *config, const char *name);
struct llm_endpoint *llm_endpoint_add(struct llm_config *config, const char *name, enum llm_kind kind,
				      const char *base, enum llm_source from);

/* The key, fetched if need be; NULL without an error when the endpoint has none. Never longer than 8 KiB, never
 * with control characters. Fails when the key belongs to another host (-EACCES) or cannot be had. */
const char *llm_key(struct llm_endpoint *endpoint, struct error *err);
/* A command that failed is asked again only after this; a new question of a person is a reason. */
void llm_key_retry(struct llm_endpoint *endpoint);
const char *llm_kind_name(enum llm_kind kind);
/* Scheme, host and port of a URL, lower case, into `host`; false when it is no http(s) URL. */
bool url_host(const char *url, char host[300]);
bool url_local(const char *url); /* it is this machine */
/* The URL without a password and without the values of its query (but the API's version). */
void url_show(const char *url, struct build *out);
/* `path` goes before the query. */
void url_join(const char *base, const char *path, struct build *out);
/* The endpoint's secrets (key, values of headers and of the query) become "(key)" and "(hidden)" in `text`. */
void endpoint_mask(const struct llm_endpoint *endpoint, char *text, size_t size);
