/* Asks for the inode of its own program by open and fstat, by stat and by lstat, bare: the last sees a link. */
#include "guest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int main(void)
{
	const char *name = "/proc/self/exe";
	struct stat opened, followed, link;
	int fd = syscall(SYS_open, name, O_RDONLY);
	check(fd >= 0);
	check(syscall(SYS_fstat, fd, &opened) == 0);
	check(syscall(SYS_stat, name, &followed) == 0);
	check(syscall(SYS_lstat, name, &link) == 0);
	check(opened.st_ino == followed.st_ino);
	check(opened.st_ino != link.st_ino);
	check(S_ISREG(followed.st_mode) && S_ISLNK(link.st_mode));
	return 0;
}
