/* The configuration file's format, and what a project's file may say. */
#pragma once
#include "llm/config.h"

/* A missing file is fine. */
int config_file_read(struct llm_config *config, const char *path, enum llm_source from, struct error *err);
/* For both halves of the configuration. */
int llm_kind_find(struct text name);
const char *llm_kind_base(enum llm_kind kind);
void llm_base_set(struct llm_endpoint *endpoint, const char *base, enum llm_source from);
void llm_key_set(struct llm_endpoint *endpoint, int from, const char *where);
/* A key that was just set is for the host of this URL, and stays so. */
void llm_key_bind(struct llm_endpoint *endpoint, const char *base);
