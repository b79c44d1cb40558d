/* Reads one byte from a pipe that has three, three times. */
#include "guest.h"

int main(void)
{
	int ends[2];
	char byte;
	check(pipe(ends) == 0);
	check(write(ends[1], "abc", 3) == 3);
	for (int i = 0; i < 3; i++) {
		check(read(ends[0], &byte, 1) == 1);
		check(byte == "abc"[i]);
	}
	return 0;
}
