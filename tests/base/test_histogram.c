/* test_histogram.c: every duration is in one bucket, and buckets add up */
#include "../test.h"
#include "base/arena.h"
#include "base/histogram.h"

int main(void)
{
	static struct histogram h;
	struct arena arena = { 0 };
	struct buf out = { .arena = &arena };

	histogram_write(&h, &out, "x_seconds", "a=\"b\"");
	CHECK(out.len == 0);
	histogram_add(&h, 0);
	histogram_add(&h, 100); /* a bound belongs to its bucket */
	histogram_add(&h, 101);
	histogram_add(&h, 1000000);
	histogram_add(&h, 3600LL * 1000000);
	CHECK(histogram_count(&h) == 5);
	histogram_write(&h, &out, "x_seconds", "a=\"b\"");
	CHECK(strstr(buf_text(&out), "x_seconds_bucket{a=\"b\",le=\"0.0001\"} 2\nx_seconds_bucket{a=\"b\",le=\"0.0005\"} 3\n"));
	CHECK(strstr(buf_text(&out), "x_seconds_bucket{a=\"b\",le=\"1\"} 4\nx_seconds_bucket{a=\"b\",le=\"+Inf\"} 5\n"));
	CHECK(strstr(buf_text(&out), "x_seconds_sum{a=\"b\"} 3601.000201\nx_seconds_count{a=\"b\"} 5\n"));
	arena_free(&arena);
	return test_result();
}
