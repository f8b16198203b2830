// Classifies pictures of digits with a small neural network.
//
// Reads 8x8 bitmaps as rows of '.' and '#', parted by empty lines, and prints for each the ten logits and the class.
// int8 weights, int32 sums, a shift between the layers: integers only, so every machine computes the same logits.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "weights.h"

enum { SIDE = 8, LINE_MAX_BYTES = 80 };

static int complain(unsigned line, const char *message)
{
    fprintf(stderr, "mlp: line %u: %s\n", line, message);
    return 2;
}

// Back to 0..127 for the next layer. The sum is never negative here, so the shift means the same to every compiler.
static uint8_t requantise(int32_t sum)
{
    if (sum <= 0) {
        return 0; // ReLU
    }
    int32_t scaled = (sum + (1 << HIDDEN_SHIFT) / 2) >> HIDDEN_SHIFT;
    return scaled > 127 ? 127 : (uint8_t)scaled;
}

static void infer(const uint8_t pixels[PIXELS], int32_t logits[CLASSES])
{
    uint8_t hidden[HIDDEN];
    for (int h = 0; h < HIDDEN; h++) {
        int32_t sum = hidden_bias[h];
        for (int p = 0; p < PIXELS; p++) {
            sum += hidden_weights[h][p] * pixels[p];
        }
        hidden[h] = requantise(sum);
    }
    for (int c = 0; c < CLASSES; c++) {
        logits[c] = output_bias[c];
        for (int h = 0; h < HIDDEN; h++) {
            logits[c] += output_weights[c][h] * hidden[h];
        }
    }
}

static void classify(const uint8_t pixels[PIXELS])
{
    int32_t logits[CLASSES];
    int best = 0;
    infer(pixels, logits);
    printf("logits");
    for (int c = 0; c < CLASSES; c++) {
        printf(" %d", (int)logits[c]);
        if (logits[c] > logits[best]) {
            best = c;
        }
    }
    printf("\nclass %d\n", best);
}

static bool parse_row(const char *line, uint8_t *row)
{
    for (int x = 0; x < SIDE; x++) {
        if (line[x] != '.' && line[x] != '#') {
            return false;
        }
        row[x] = line[x] == '#';
    }
    return line[SIDE] == '\0';
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        fputs("mlp: usage: mlp < bitmaps\n", stderr);
        return 2;
    }

    char line[LINE_MAX_BYTES];
    uint8_t pixels[PIXELS];
    unsigned number = 0, row = 0, bitmaps = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' && row == 0) {
            continue;
        }
        if (!parse_row(line, pixels + row * SIDE)) {
            return complain(number, "a bitmap is 8 rows of 8 characters, each '.' or '#'");
        }
        if (++row == SIDE) {
            classify(pixels);
            bitmaps++;
            row = 0;
        }
    }
    if (ferror(stdin)) {
        fputs("mlp: cannot read the input\n", stderr);
        return 1;
    }
    if (row > 0 || bitmaps == 0) {
        return complain(number, row > 0 ? "the input ends within a bitmap" : "no bitmap in the input");
    }
    return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
