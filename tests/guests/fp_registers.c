/* Calls getppid with known values in x87, SSE and, where the processor has it, AVX registers, and finds them afterwards. */
#include "guest.h"

#include <cpuid.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

static uint64_t low[4] = {1, 2, 3, 4}, found[4];
static const double half = 0.5, third = -1.25;

static int has_avx(void)
{
	unsigned eax, ebx, ecx = 0, edx;
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_AVX) && (ecx & bit_OSXSAVE);
}

__attribute__((target("avx"))) static void with_avx(void)
{
	long result = SYS_getppid;
	__asm__ volatile("fldl %[half]; fldl %[third]; vmovdqu %[low], %%ymm7; syscall; vmovdqu %%ymm7, %[found]; fstp %%st; fstp %%st"
			 : "+a"(result), [found] "=m"(found)
			 : [low] "m"(low), [half] "m"(half), [third] "m"(third)
			 : "rcx", "r11", "memory", "xmm7");
	check(memcmp(low, found, 32) == 0);
}

static void with_sse(void)
{
	long result = SYS_getppid;
	__asm__ volatile("fldl %[half]; fldl %[third]; movdqu %[low], %%xmm7; syscall; movdqu %%xmm7, %[found]; fstp %%st; fstp %%st"
			 : "+a"(result), [found] "=m"(found)
			 : [low] "m"(low), [half] "m"(half), [third] "m"(third)
			 : "rcx", "r11", "memory", "xmm7");
	check(memcmp(low, found, 16) == 0);
}

int main(void)
{
	if (has_avx())
		with_avx();
	else
		with_sse();
	return 0;
}
