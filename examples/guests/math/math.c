// Functions without a main and without a C library: a task names one of them as its entrypoint.

#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

// Wraps around like the i32.add instruction; signed overflow would be undefined in C.
EXPORT(add) int32_t add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

// Traps outside 0..92: no other Fibonacci number fits an i64, and a trap is a better answer than a wrong number.
EXPORT(fib) int64_t fib(int32_t n)
{
    if (n < 0 || n > 92) {
        __builtin_trap();
    }
    // Unsigned, because `next` runs one number ahead of the answer and fib(93) overflows an i64.
    uint64_t current = 0;
    uint64_t next = 1;
    for (int32_t i = 0; i < n; i++) {
        uint64_t sum = current + next;
        current = next;
        next = sum;
    }
    return (int64_t)current;
}

// Halves first, because the sum of two large numbers is infinite.
EXPORT(mean) double mean(double a, double b)
{
    return a * 0.5 + b * 0.5;
}
