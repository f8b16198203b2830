// A SHA-256 cruncher: sha256 [iterations]
//
// Hashes standard input, then hashes the 32-byte digest again, as often as asked (default 100000), and prints the
// last digest in hex. Nothing but integer arithmetic: what is measured is the engine.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} Sha256;

// FIPS 180-4 section 4.2.2
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t x, int n)
{
    return (x >> n) | (x << (32 - n));
}

static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64];
    for (int t = 0; t < 16; t++) {
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16
             | (uint32_t)block[4 * t + 2] << 8 | (uint32_t)block[4 * t + 3];
    }
    for (int t = 16; t < 64; t++) {
        uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
        uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }

    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; t++) {
        uint32_t choice = (e & f) ^ (~e & g);
        uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choice + round_constants[t] + w[t];
        uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + majority;
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

static Sha256 start(void)
{
    // FIPS 180-4 section 5.3.3
    return (Sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

static void update(Sha256 *hash, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        size_t filled = hash->length % sizeof hash->block;
        size_t room = sizeof hash->block - filled;
        size_t taken = count < room ? count : room;
        memcpy(hash->block + filled, bytes, taken);
        hash->length += taken;
        bytes += taken;
        count -= taken;
        if (taken == room) {
            compress(hash->state, hash->block);
        }
    }
}

static void finish(Sha256 *hash, uint8_t digest[32])
{
    static const uint8_t padding[64] = { 0x80 };
    uint64_t bits = hash->length * 8;
    // The padding ends 8 bytes before the end of a block, and is at least one byte.
    update(hash, padding, 1 + (119 - hash->length % 64) % 64);

    uint8_t tail[8];
    for (int i = 0; i < 8; i++) {
        tail[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    update(hash, tail, sizeof tail);
    for (int i = 0; i < 32; i++) {
        digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

// strtoul would also take " 7", "-7" and "7x".
static bool parse_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX) {
            return false;
        }
    }
    *number = (uint32_t)value;
    return true;
}

int main(int argc, char **argv)
{
    uint32_t iterations = 100000;
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], &iterations))) {
        fputs("sha256: usage: sha256 [iterations]\n", stderr);
        return 2;
    }

    static uint8_t buffer[64 * 1024];
    uint8_t digest[32];
    Sha256 hash = start();
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
        update(&hash, buffer, got);
    }
    if (ferror(stdin)) {
        fputs("sha256: cannot read the input\n", stderr);
        return 1;
    }
    finish(&hash, digest);

    for (uint32_t i = 0; i < iterations; i++) {
        hash = start();
        update(&hash, digest, sizeof digest);
        finish(&hash, digest);
    }

    for (int i = 0; i < 32; i++) {
        putchar("0123456789abcdef"[digest[i] >> 4]);
        putchar("0123456789abcdef"[digest[i] & 15]);
    }
    putchar('\n');
    return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
