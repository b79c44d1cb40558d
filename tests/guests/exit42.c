/* Exits with 42. */
#include "guest.h"

int main(void)
{
	return 42;
}
