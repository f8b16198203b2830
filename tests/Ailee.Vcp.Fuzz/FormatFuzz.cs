using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Gives mutated samples to every decoder of statements and of the log, and to the verifier with the log's key. Notes every exception,
/// and every input that is accepted and says what no sample says.
/// </summary>
internal sealed class FormatFuzz(int seed)
{
    private readonly FormatCorpus _corpus = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private int _done;

    public ConcurrentQueue<string> Failures { get; } = new();

    public void Run(int cases)
    {
        var (files, receipts, statements) = (new FormatMutator(_corpus.Files), new FormatMutator(_corpus.Receipts), new FormatMutator(_corpus.Statements));
        var (notes, keys, paths) = (Texts(_corpus.Notes), Texts(_corpus.Keys), Texts(_corpus.Paths));
        Parallel.For(0, cases, number =>
        {
            var random = new Random(unchecked((seed * 1_000_003) ^ (number * 31)));
            switch (random.Next(10))
            {
                case 0 or 1 or 2 or 3:
                    Case(number, files.Next(random), Statement);
                    break;
                case 4 or 5:
                    Case(number, statements.Next(random), Statement);
                    break;
                case 6 or 7:
                    Case(number, receipts.Next(random), bytes => ReceiptOf(bytes, random.Next(_corpus.Files.Count)));
                    break;
                case 8:
                    Case(number, Encoding.UTF8.GetBytes(notes.NextText(random)), Note);
                    break;
                default:
                    Case(number, Encoding.UTF8.GetBytes(random.Next(2) == 0 ? keys.NextText(random) : paths.NextText(random)), Name);
                    break;
            }

            Interlocked.Increment(ref _done);
        });
    }

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_done} mutated statements, receipts, notes, keys and tile paths, seed {seed}: {string.Join(", ", _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"))}; {Failures.Count} failures");

    private static FormatMutator Texts(IReadOnlyList<string> samples) => new([.. samples.Select(Encoding.UTF8.GetBytes)]);

    private void Case(int number, byte[] bytes, Func<byte[], string?> run)
    {
        string? problem;
        try
        {
            problem = run(bytes);
        }
#pragma warning disable CA1031 // Any exception at all is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            problem = $"{exception.GetType().Name}: {exception.Message}";
        }

        if (problem is not null)
        {
            Failures.Enqueue($"case {number}: {problem}: {Convert.ToHexStringLower(bytes)}");
        }
    }

    private string? Statement(byte[] bytes)
    {
        if (Decode(bytes) is { } problem)
        {
            return problem;
        }

        var withKey = StatementVerifier.Verify(bytes, new Evidence { LogKey = _corpus.Key });
        Count(withKey.Valid ? "accepted by the log's key" : "refused at " + withKey.FirstFailure!.Name);
        // What fails at its receipts or nowhere is a statement that somebody signed.
        if (withKey.File is { } file && (withKey.FirstFailure?.Name.StartsWith(StatementChecks.Receipt, StringComparison.Ordinal) ?? true)
            && !_corpus.Ids.Contains(Digest.Of(file.Statement.Span)))
        {
            return "accepted a statement that nobody signed";
        }

        return !withKey.Valid ? null : _corpus.Positions(bytes).Select(Judge).FirstOrDefault(lie => lie is not null);
    }

    // Whatever is read comes back the same when it is written: nothing has two encodings.
    private static string? Decode(byte[] bytes)
    {
        if (TransparentStatement.TryDecode(bytes, out _) is { } file && !file.Encode().AsSpan().SequenceEqual(bytes))
        {
            return "a file has two encodings";
        }

        if (SignedStatement.TryDecode(bytes, out _) is { } execution && !execution.Envelope.Encode().AsSpan().SequenceEqual(bytes))
        {
            return "a statement has two encodings";
        }

        return OrchestratorStatement.TryDecode(bytes, out _) is { } orchestrated && !orchestrated.Envelope.Encode().AsSpan().SequenceEqual(bytes)
            ? "an orchestrator's statement has two encodings"
            : null;
    }

    private string? ReceiptOf(byte[] bytes, int sample)
    {
        var file = TransparentStatement.TryDecode(_corpus.Files[sample], out _)!;
        return Receipt.TryDecode(bytes, out _) is null ? null : Statement((file with { Receipts = [bytes] }).Encode());
    }

    // The log signs roots. A receipt that it did not make can differ from one that it made in index and size alone, where the path fits
    // several (docs/design/statement.md); no checkpoint bears such a one out.
    private string? Judge(Position said)
    {
        if (_corpus.Genuine.Contains(said))
        {
            Count("as in a sample");
            return null;
        }

        if (!_corpus.Genuine.Any(genuine => genuine.Statement == said.Statement && genuine.Root == said.Root))
        {
            return $"accepted, but the log never signed {said.Root} over {said.Statement}";
        }

        Count("of another index or size, which a checkpoint refutes");
        return _corpus.RootOf(said.Size) == said.Root ? "accepted at a wrong position, and a checkpoint bears it out" : null;
    }

    private string? Note(byte[] bytes)
    {
        if (SignedNote.TryParse(bytes) is not { } note)
        {
            Count("no note");
            return null;
        }

        if (!note.ToBytes().AsSpan().SequenceEqual(bytes))
        {
            return "a note has two encodings";
        }

        var checkpoint = Checkpoint.TryParse(note.Text);
        if (checkpoint is not null && checkpoint.ToText() != note.Text)
        {
            return "a checkpoint has two encodings";
        }

        var signed = _corpus.Key.Verifies(note);
        Count(signed ? "note by the log" : "note that the log did not sign");
        return signed && (checkpoint is null || _corpus.RootOf(checkpoint.Size) != checkpoint.Root) ? "accepted a checkpoint that the log never signed" : null;
    }

    private string? Name(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var (isKey, isPath) = (NoteKey.TryParse(text, out var key), TilePath.TryParse(text, out var path));
        Count(isKey ? "key" : isPath ? "tile path" : "neither key nor path");
        return isKey && key!.ToString() != text ? "a key has two names"
            : isKey && !_corpus.Keys.Contains(text) ? "a key's hash did not tell it from another"
            : isPath && path.ToString() != text ? "a tile has two names"
            : null;
    }

    private void Count(string what) => _counts.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
