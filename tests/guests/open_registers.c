/* Calls open in assembly and finds every register as it must be after a system call. */
#include "guest.h"

#include <fcntl.h>

/* call_open(in, out): load registers from in, call open, store them to out. */
__asm__(".text\n"
	"call_open:\n\t"
	"push %rbx\n\t push %rbp\n\t push %r12\n\t push %r13\n\t push %r14\n\t push %r15\n\t"
	"push %rsi\n\t"
	"mov %rdi, %r15\n\t"
	"mov 0(%r15), %rdi\n\t mov 8(%r15), %rsi\n\t mov 16(%r15), %rdx\n\t"
	"mov 24(%r15), %r10\n\t mov 32(%r15), %r8\n\t mov 40(%r15), %r9\n\t"
	"mov 48(%r15), %rbx\n\t mov 56(%r15), %rbp\n\t mov 64(%r15), %r12\n\t"
	"mov 72(%r15), %r13\n\t mov 80(%r15), %r14\n\t mov 88(%r15), %r15\n\t"
	"mov $2, %eax\n\t"
	"stc\n\t"
	"syscall\n"
	"after_open:\n\t"
	"pushf\n\t"
	"push %r15\n\t"
	"mov 16(%rsp), %r15\n\t"
	"mov %rdi, 0(%r15)\n\t mov %rsi, 8(%r15)\n\t mov %rdx, 16(%r15)\n\t"
	"mov %r10, 24(%r15)\n\t mov %r8, 32(%r15)\n\t mov %r9, 40(%r15)\n\t"
	"mov %rbx, 48(%r15)\n\t mov %rbp, 56(%r15)\n\t mov %r12, 64(%r15)\n\t"
	"mov %r13, 72(%r15)\n\t mov %r14, 80(%r15)\n\t"
	"mov %rcx, 96(%r15)\n\t mov %r11, 104(%r15)\n\t mov %rax, 112(%r15)\n\t"
	"pop %rax\n\t mov %rax, 88(%r15)\n\t"
	"pop %rax\n\t mov %rax, 120(%r15)\n\t"
	"lea after_open(%rip), %rax\n\t mov %rax, 128(%r15)\n\t"
	"pop %rsi\n\t"
	"pop %r15\n\t pop %r14\n\t pop %r13\n\t pop %r12\n\t pop %rbp\n\t pop %rbx\n\t"
	"ret\n");
void call_open(const unsigned long *in, unsigned long *out);

int main(void)
{
	enum { ARGUMENTS = 6, ALL = 12, RCX = 12, R11, RAX, RFLAGS, AFTER, COUNT };
	unsigned long in[ALL], out[COUNT];
	for (int i = 0; i < ALL; i++)
		in[i] = 0x1111111111111111ul * (i + 1);
	in[0] = (unsigned long)"/dev/null";
	in[1] = O_RDONLY;
	in[2] = 0644;
	call_open(in, out);
	for (int i = 0; i < ALL; i++)
		check(out[i] == in[i]);
	check(out[RCX] == out[AFTER]);       /* where syscall puts rip */
	check(out[R11] == out[RFLAGS]);      /* and rflags */
	check(out[RFLAGS] & 1);              /* the carry flag, set before it */
	check((long)out[RAX] >= 0);
	check(close(out[RAX]) == 0);
	return 0;
}
