/* render.c: render TIMES <TEXT
 *
 * How long cmark takes to make HTML of a text: the median, in microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmark.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static char text[1024 * 1024];
	size_t len = fread(text, 1, sizeof(text), stdin);
	int times = argc == 2 ? atoi(argv[1]) : 0;
	double *took = calloc((size_t)times + 1, sizeof(*took));

	if (times < 1 || !took)
		return 1;
	for (int i = 0; i < times; i++) {
		double begin = now_us();

		free(cmark_markdown_to_html(text, len, CMARK_OPT_DEFAULT));
		took[i] = now_us() - begin;
	}
	qsort(took, (size_t)times, sizeof(*took), by_size);
	printf("%.2f\n", took[times / 2]);
	free(took);
	return 0;
}
