/* Check sums of what this program keeps for itself: fast, and different for any single change; no cryptography. */
#pragma once
#include <stddef.h>
#include <stdint.h>

static inline uint64_t sum_number(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * 0x9e3779b97f4a7c15ULL;
	return sum ^ sum >> 32;
}
uint64_t sum_bytes(uint64_t sum, const void *bytes, size_t len);
