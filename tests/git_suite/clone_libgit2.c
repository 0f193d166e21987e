/* clone_libgit2.c: clone_libgit2 URL FOLDER, with libgit2 as the client */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	git_repository *repo = NULL;

	git_libgit2_init();
	if (argc != 3 || git_clone(&repo, argv[1], argv[2], NULL)) {
		fprintf(stderr, "clone_libgit2: %s\n", git_error_last() ? git_error_last()->message : "URL FOLDER");
		return EXIT_FAILURE;
	}
	git_repository_free(repo);
	git_libgit2_shutdown();
	return EXIT_SUCCESS;
}
