/* Check sums of what this program keeps for itself: fast, and different for any single change; no cryptography. */
#pragma once
#include <stddef.h>
#include <stdint.h>

uint64_t sum_number(uint64_t sum, uint64_t value);
uint64_t sum_bytes(uint64_t sum, const void *bytes, size_t len);
