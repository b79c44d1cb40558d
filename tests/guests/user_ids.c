/* Exits with 40 if its effective user is root and its real one is not, as in a set-user-ID program; else with 41. */
#include "guest.h"

int main(void)
{
	return getuid() != 0 && geteuid() == 0 ? 40 : 41;
}
