using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// Patterns as one automaton whose states are bits: the time of a match is at most the length of the path times the number of words,
/// whatever pattern and path are made of. Immutable and thread-safe.
/// </summary>
internal sealed class PatternStates
{
    private const int Ascii = 128;
    private const int VectorBits = 256;
    private const string AnyNames = "**";

    // Class 0 is every character that no pattern names, class 1 the slash.
    private const int Slash = 1;

    private readonly int[] _ascii = new int[Ascii];
    private readonly Dictionary<int, int> _others = [];

    // Words for all states, whole vectors of them.
    private readonly int _words;

    // A row for each class: the states that such a character leads to the next state.
    private readonly ulong[] _moves;

    // The states that a character other than a slash keeps, and those that a slash keeps.
    private readonly ulong[] _keeps;
    private readonly ulong[] _anyNames;
    private readonly ulong[] _starts;
    private readonly ulong[] _ends;

    public PatternStates(IReadOnlyList<string> patterns)
    {
        var count = 0;
        foreach (var pattern in patterns)
        {
            // At most a state for each character, one for the slash behind the last and one for the end.
            count += pattern.Length + 2;
            foreach (var rune in pattern.EnumerateRunes())
            {
                _others.TryAdd(rune.Value, _others.Count + 2);
            }
        }

        _others['/'] = Slash;
        _words = (count + VectorBits - 1) / VectorBits * Vector256<ulong>.Count;
        _moves = new ulong[_words * (_others.Count + 2)];
        (_keeps, _anyNames, _starts, _ends) = (new ulong[_words], new ulong[_words], new ulong[_words], new ulong[_words]);
        for (var character = 0; character < Ascii; character++)
        {
            _ascii[character] = _others.GetValueOrDefault(character);
        }

        var state = 0;
        foreach (var pattern in patterns)
        {
            state = Add(pattern, state);
        }
    }

    /// <summary>Whether a pattern fits a path or a directory above it.</summary>
    public bool Fit(string path)
    {
        // Within the stack: the patterns have few bytes.
        Span<ulong> states = stackalloc ulong[_words];
        _starts.CopyTo(states);
        if (Ends(states))
        {
            return true;
        }

        foreach (var rune in path.AsSpan().EnumerateRunes())
        {
            var kind = rune.Value < Ascii ? _ascii[rune.Value] : _others.GetValueOrDefault(rune.Value);
            if (kind == Slash ? !MoveSlash(states) : !Move(states, kind))
            {
                return false;
            }

            if (kind == Slash && Ends(states))
            {
                return true;
            }
        }

        // A slash behind every name: so a pattern that fits a directory fits the start of what is below.
        return MoveSlash(states) && Ends(states);
    }

    // A state stands for what of the pattern is consumed. '*' needs none: it keeps the state before what follows it. '**' needs one
    // that stays for good and opens the next state at every slash, the one before it too.
    private int Add(string pattern, int state)
    {
        var isStart = true;
        var wasAnyNames = false;
        Set(_starts, state);
        foreach (var segment in pattern.Split('/'))
        {
            if (segment != AnyNames)
            {
                state = AddName(segment, state);
            }
            else if (!wasAnyNames)
            {
                Set(_keeps, state);
                Set(_anyNames, state++);
                if (isStart)
                {
                    Set(_starts, state);
                }
            }

            (isStart, wasAnyNames) = (false, segment == AnyNames);
        }

        Set(_ends, state);
        return state + 1;
    }

    private int AddName(string segment, int state)
    {
        foreach (var rune in segment.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '*':
                    Set(_keeps, state);
                    break;
                case '?':
                    for (var kind = 0; kind < _moves.Length / _words; kind++)
                    {
                        Set(Row(kind), state, kind != Slash);
                    }

                    state++;
                    break;
                default:
                    Set(Row(_others[rune.Value]), state++);
                    break;
            }
        }

        Set(Row(Slash), state);
        return state + 1;
    }

    private bool Move(Span<ulong> states, int kind)
    {
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var move = ref MemoryMarshal.GetReference(Row(kind));
        ref var keep = ref MemoryMarshal.GetArrayDataReference(_keeps);
        var (alive, before) = (Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        for (nuint word = 0; word < (nuint)states.Length; word += (nuint)Vector256<ulong>.Count)
        {
            var here = Vector256.LoadUnsafe(ref state, word);
            var moved = here & Vector256.LoadUnsafe(ref move, word);
            here = (here & Vector256.LoadUnsafe(ref keep, word)) | Next(moved, ref before);
            alive |= here;
            here.StoreUnsafe(ref state, word);
        }

        return alive != Vector256<ulong>.Zero;
    }

    private bool MoveSlash(Span<ulong> states)
    {
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var move = ref MemoryMarshal.GetReference(Row(Slash));
        ref var anyNames = ref MemoryMarshal.GetArrayDataReference(_anyNames);
        var (alive, before, openBefore) = (Vector256<ulong>.Zero, Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        for (nuint word = 0; word < (nuint)states.Length; word += (nuint)Vector256<ulong>.Count)
        {
            var here = Vector256.LoadUnsafe(ref state, word);
            var any = Vector256.LoadUnsafe(ref anyNames, word);
            var moved = here & Vector256.LoadUnsafe(ref move, word);
            here = (here & any) | Next(moved, ref before);
            here |= Next(here & any, ref openBefore);
            alive |= here;
            here.StoreUnsafe(ref state, word);
        }

        return alive != Vector256<ulong>.Zero;
    }

    // Each state's next one: a shift by one of all words, with the bit that leaves one entering the one behind it.
    private static Vector256<ulong> Next(Vector256<ulong> states, ref Vector256<ulong> before)
    {
        var leaving = Vector256.Shuffle(states >>> 63, Vector256.Create(3UL, 0, 1, 2));
        var entering = Vector256.ConditionalSelect(Vector256.Create(ulong.MaxValue, 0, 0, 0), before, leaving);
        before = leaving;
        return (states << 1) | entering;
    }

    private bool Ends(ReadOnlySpan<ulong> states)
    {
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var end = ref MemoryMarshal.GetArrayDataReference(_ends);
        var found = Vector256<ulong>.Zero;
        for (nuint word = 0; word < (nuint)states.Length; word += (nuint)Vector256<ulong>.Count)
        {
            found |= Vector256.LoadUnsafe(ref state, word) & Vector256.LoadUnsafe(ref end, word);
        }

        return found != Vector256<ulong>.Zero;
    }

    private Span<ulong> Row(int kind) => _moves.AsSpan(kind * _words, _words);

    private static void Set(Span<ulong> bits, int state, bool value = true) => bits[state / 64] |= value ? 1UL << (state % 64) : 0;
}
