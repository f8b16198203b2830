#!/usr/bin/env python3
"""Trains the network of mlp.c and writes weights.h beside this file.

The same weights.h comes out of every machine and every Python 3: nothing but +, -, * and / on doubles (so a hinge loss
instead of a softmax, whose exp() differs between C libraries), additions in a written order (sum() compensates since
Python 3.12), and only Random.random(), whose sequence is guaranteed.
"""

import pathlib
import random

SIDE, PIXELS, HIDDEN, CLASSES = 8, 64, 32, 10
EPOCHS, RATE, MARGIN = 30, 0.02, 1.0
NOISY_COPIES, MAX_FLIPS = 80, 3

# Five hands, each the digits 0 to 9 from left to right.
STYLES = [
    """
    .###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
    #...# .##.. #...# #...# ..##. #.... #.... ....# #...# #...#
    #...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
    #...# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .####
    #...# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....#
    #...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ....#
    .###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .###.
    """,
    """
    ##### ...#. ##### ##### #...# ##### ##### ##### ##### #####
    #...# ...#. ....# ....# #...# #.... #.... ....# #...# #...#
    #...# ...#. ....# ....# #...# #.... #.... ....# #...# #...#
    #...# ...#. ##### ##### ##### ##### ##### ....# ##### #####
    #...# ...#. #.... ....# ....# ....# #...# ....# #...# ....#
    #...# ...#. #.... ....# ....# ....# #...# ....# #...# ....#
    ##### ...#. ##### ##### ....# ##### ##### ....# ##### #####
    """,
    """
    ..##. ...#. .##.. ###.. #..#. .#### ..##. ##### .##.. .###.
    .#..# ..##. #..#. ...#. #..#. .#... .#... #...# #..#. #..#.
    #...# .#.#. ...#. ...#. #..#. .#... #.... ...#. #..#. #..#.
    #...# ...#. ..#.. .##.. ##### .###. ###.. ..##. .##.. .###.
    #...# ...#. .#... ...#. ...#. ....# #..#. ..#.. #..#. ...#.
    #..#. ...#. #.... ...#. ...#. ....# #..#. .#... #..#. ..#..
    .##.. ...#. ####. ###.. ...#. .###. .##.. .#... .##.. .#...
    """,
    """
    .####. ...#.. .####. .####. ....#. ###### .####. ###### .####. .####.
    #....# ..##.. #....# #....# ...##. #..... #....# .....# #....# #....#
    #....# .#.#.. .....# .....# ..#.#. #..... #..... ....#. #....# #....#
    #....# ...#.. ....#. ..###. .#..#. #####. #####. ....#. .####. #....#
    #....# ...#.. ...#.. .....# #...#. .....# #....# ...#.. #....# .#####
    #....# ...#.. ..#... .....# ###### .....# #....# ...#.. #....# .....#
    #....# ...#.. .#.... #....# ....#. #....# #....# ..#... #....# #....#
    .####. .##### ###### .####. ....#. .####. .####. ..#... .####. .####.
    """,
    """
    .###.. ...##. ..###. ####.. ..#... .####. ...##. .##### ..##.. ..###.
    #...#. ..###. .#...# ....#. .#.... .#.... ..#... .....# .#..#. .#...#
    #....# .##.#. .....# ....#. .#..#. .#.... .#.... ....#. .#..#. .#...#
    #....# ....#. .....# .###.. #...#. .###.. .#.... ...#.. ..##.. .#..##
    #....# ....#. ....#. ....#. #...#. ....#. .####. .####. .#..#. ..##.#
    #....# ....#. ...#.. .....# ###### .....# #....# ..#... #....# .....#
    .#...# ....#. ..#... .....# ....#. .....# #....# ..#... #....# ....#.
    ..###. ....#. .##### #####. ....#. #####. .####. .#.... .####. .###..
    """,
]


def below(rng, n):
    return int(rng.random() * n)


def glyphs():
    for style in STYLES:
        rows = [line.split() for line in style.split("\n") if line.strip()]
        for digit in range(CLASSES):
            yield digit, [row[digit] for row in rows]


def placements(glyph):
    """The glyph at every place of the 8x8 square where it fits whole, as a set of pixels."""
    for top in range(SIDE - len(glyph) + 1):
        for left in range(SIDE - len(glyph[0]) + 1):
            yield {(top + y) * SIDE + left + x
                   for y, row in enumerate(glyph) for x, c in enumerate(row) if c == "#"}


def slanted(rng, pixels):
    """The rows above some row moved sideways by -1, 0 or 1, as an unsteady hand would."""
    cut, step = below(rng, SIDE), below(rng, 3) - 1
    return {p + step if p // SIDE < cut and (p + step) // SIDE == p // SIDE else p for p in pixels}


def noisy(rng, pixels):
    pixels = slanted(rng, pixels)
    for _ in range(1 + below(rng, MAX_FLIPS)):
        pixels = pixels ^ {below(rng, PIXELS)}
    return pixels


def data_set(rng, copies):
    """Pixels are listed in rising order, so that sums over them have one order too."""
    samples = []
    for digit, glyph in glyphs():
        for pixels in placements(glyph):
            samples.append((sorted(pixels), digit))
            samples += [(sorted(noisy(rng, pixels)), digit) for _ in range(copies)]
    return samples


def shuffle(rng, items):
    for i in range(len(items) - 1, 0, -1):
        j = below(rng, i + 1)
        items[i], items[j] = items[j], items[i]


class Network:
    """Doubles, for training. w1 is [pixel][hidden], w2 is [hidden][class]."""

    def __init__(self, rng):
        self.w1 = [[(rng.random() - 0.5) * 0.4 for _ in range(HIDDEN)] for _ in range(PIXELS)]
        self.b1 = [0.1] * HIDDEN
        self.w2 = [[(rng.random() - 0.5) * 0.4 for _ in range(CLASSES)] for _ in range(HIDDEN)]
        self.b2 = [0.0] * CLASSES

    def sums(self, pixels):
        sums = self.b1[:]
        for p in pixels:
            row = self.w1[p]
            for h in range(HIDDEN):
                sums[h] += row[h]
        return sums

    def logits(self, hidden):
        logits = self.b2[:]
        for h in range(HIDDEN):
            if hidden[h] > 0.0:
                row = self.w2[h]
                for c in range(CLASSES):
                    logits[c] += hidden[h] * row[c]
        return logits

    def learn(self, pixels, digit, rate):
        """One step against the hinge loss: every wrong class within the margin of the right one is pushed away."""
        hidden = [s if s > 0.0 else 0.0 for s in self.sums(pixels)]
        logits = self.logits(hidden)
        gradient = [0.0] * CLASSES
        for c in range(CLASSES):
            if c != digit and logits[c] + MARGIN > logits[digit]:
                gradient[c] += 1.0
                gradient[digit] -= 1.0
        if gradient[digit] == 0.0:
            return
        back = [0.0] * HIDDEN
        for h in range(HIDDEN):
            if hidden[h] > 0.0:
                row = self.w2[h]
                for c in range(CLASSES):
                    back[h] += gradient[c] * row[c]
                    row[c] -= rate * gradient[c] * hidden[h]
        for c in range(CLASSES):
            self.b2[c] -= rate * gradient[c]
        for p in pixels:
            row = self.w1[p]
            for h in range(HIDDEN):
                row[h] -= rate * back[h]
        for h in range(HIDDEN):
            self.b1[h] -= rate * back[h]


def train(rng, samples):
    network = Network(rng)
    for epoch in range(EPOCHS):
        shuffle(rng, samples)
        rate = RATE * (EPOCHS - epoch) / EPOCHS
        for pixels, digit in samples:
            network.learn(pixels, digit, rate)
    return network


def nearest(value):
    return int(value + 0.5) if value >= 0.0 else -int(0.5 - value)


def scale_bits(rows):
    """The largest power of two that keeps every weight within an int8."""
    largest = max(abs(w) for row in rows for w in row)
    bits = 0
    while nearest(largest * 2 ** (bits + 1)) <= 127:
        bits += 1
    return bits


class Quantised:
    """The integers of weights.h, and the same arithmetic as mlp.c."""

    def __init__(self, network, samples):
        bits1, bits2 = scale_bits(network.w1), scale_bits(network.w2)
        self.w1 = [[nearest(network.w1[p][h] * 2 ** bits1) for p in range(PIXELS)] for h in range(HIDDEN)]
        self.b1 = [nearest(b * 2 ** bits1) for b in network.b1]
        peak = max(max(network.sums(pixels)) for pixels, _ in samples)
        self.shift = 0
        while nearest(peak * 2 ** (bits1 - self.shift)) > 127:
            self.shift += 1
        self.w2 = [[nearest(network.w2[h][c] * 2 ** bits2) for h in range(HIDDEN)] for c in range(CLASSES)]
        self.b2 = [nearest(b * 2 ** (bits1 - self.shift + bits2)) for b in network.b2]

    def classify(self, pixels):
        hidden = []
        for h in range(HIDDEN):
            total = self.b1[h] + sum(self.w1[h][p] for p in pixels)
            hidden.append(min(127, (max(0, total) + (1 << self.shift) // 2) >> self.shift))
        logits = [self.b2[c] + sum(w * x for w, x in zip(self.w2[c], hidden)) for c in range(CLASSES)]
        return logits.index(max(logits))

    def accuracy(self, samples):
        right = sum(self.classify(pixels) == digit for pixels, digit in samples)
        return f"{right} of {len(samples)} ({100 * right / len(samples):.2f} %)"


def table(name, kind, rows):
    lines = [", ".join(map(str, row)) for row in rows]
    body = ",\n".join(f"    {{ {line} }}" for line in lines)
    return f"static const {kind} {name}[{len(rows)}][{len(rows[0])}] = {{\n{body},\n}};\n"


def vector(name, values):
    return f"static const int32_t {name}[{len(values)}] = {{\n    {', '.join(map(str, values))},\n}};\n"


def header(net, train_accuracy, fresh_accuracy):
    return f"""// Written by train.py; do not edit.
//
// A {PIXELS}-{HIDDEN}-{CLASSES} network. Right answers of exactly these integers:
//   on the training set:        {train_accuracy}
//   on noise it has never seen: {fresh_accuracy}

#include <stdint.h>

enum {{ PIXELS = {PIXELS}, HIDDEN = {HIDDEN}, CLASSES = {CLASSES}, HIDDEN_SHIFT = {net.shift} }};

{table("hidden_weights", "int8_t", net.w1)}
{vector("hidden_bias", net.b1)}
{table("output_weights", "int8_t", net.w2)}
{vector("output_bias", net.b2)}"""


def main():
    samples = data_set(random.Random(2), NOISY_COPIES)
    network = train(random.Random(1), samples)
    quantised = Quantised(network, samples)
    seen = {tuple(pixels) for pixels, _ in samples}
    fresh = [s for s in data_set(random.Random(3), NOISY_COPIES) if tuple(s[0]) not in seen]
    text = header(quantised, quantised.accuracy(samples), quantised.accuracy(fresh))
    pathlib.Path(__file__).with_name("weights.h").write_bytes(text.encode("ascii"))
    print("\n".join(text.splitlines()[2:5]))


if __name__ == "__main__":
    main()
