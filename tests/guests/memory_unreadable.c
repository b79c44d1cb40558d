/* Gives open a path in memory that cannot be read: protected, unmapped, beyond the end of a mapped file. */
#include "guest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { PAGE = 4096 };

static void expect_fault(char *path)
{
	check(syscall(SYS_open, path, O_RDONLY) == -1 && errno == EFAULT);
}

static char *two_pages(int descriptor)
{
	int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, flags, descriptor, 0);
	check(pages != MAP_FAILED);
	memset(pages, 'x', 2 * PAGE);
	return pages;
}

int main(void)
{
	char *pages = two_pages(-1);
	check(mprotect(pages + PAGE, PAGE, PROT_NONE) == 0);
	expect_fault(pages + PAGE);
	expect_fault(pages + PAGE - 3);
	check(munmap(pages + PAGE, PAGE) == 0);
	expect_fault(pages + PAGE);
	expect_fault(pages + PAGE - 3);
	int file = memfd_create("shrinks", 0);
	check(file >= 0);
	check(ftruncate(file, 2 * PAGE) == 0);
	pages = two_pages(file);
	check(ftruncate(file, PAGE) == 0); /* to touch the second page is SIGBUS now */
	expect_fault(pages + PAGE);
	expect_fault(pages + PAGE - 3);
	return 0;
}
