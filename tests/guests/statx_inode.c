/* Asks for the inode of a link by fstatat and by statx, and is told the same. */
#include "guest.h"

#include <fcntl.h>
#include <sys/stat.h>

int main(void)
{
	const char *name = "/proc/self/exe";
	struct stat old;
	struct statx new;
	check(fstatat(AT_FDCWD, name, &old, AT_SYMLINK_NOFOLLOW) == 0);
	check(statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_INO, &new) == 0);
	check(new.stx_mask & STATX_INO);
	check(old.st_ino == new.stx_ino);
	return 0;
}
