/* libcurl, loaded when the first request is made: a start that asks no model does not pay for it. */
#pragma once
#include <curl/curl.h>
#include "base/error.h"

#define CURL_FUNCTIONS(X)                                                                          \
	X(global_init)                                                                             \
	X(easy_init)                                                                               \
	X(easy_cleanup)                                                                            \
	X(easy_setopt)                                                                             \
	X(easy_getinfo)                                                                            \
	X(easy_strerror)                                                                           \
	X(slist_append)                                                                            \
	X(slist_free_all)                                                                          \
	X(multi_init)                                                                              \
	X(multi_cleanup)                                                                           \
	X(multi_setopt)                                                                            \
	X(multi_add_handle)                                                                        \
	X(multi_remove_handle)                                                                     \
	X(multi_socket_action)                                                                     \
	X(multi_info_read)                                                                         \
	X(multi_strerror)

struct curl_table {
#define X(name) typeof(curl_##name) *name;
	CURL_FUNCTIONS(X)
#undef X
};

/* Borrowed, for the life of the process. NULL when libcurl is not installed. */
const struct curl_table *curl_load(struct error *err);
