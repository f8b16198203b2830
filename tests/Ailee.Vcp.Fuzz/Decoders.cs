using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Fuzz;

/// <summary>Every decoder of bytes and texts that strangers send. Those of JSON are in <see cref="JsonDecoders"/>.</summary>
internal static class Decoders
{
    private const int MostContentBytes = 1 << 20;

    private static readonly BundleLimits SmallBundles = new(200, 16, 1 << 20, 1 << 18);

    public static IEnumerable<Decoder> All() => [.. Records(), .. Texts(), .. Proofs(), .. Tars(), .. Modules(), .. JsonDecoders.All()];

    private static IEnumerable<Decoder> Records()
    {
        var (invocations, outputs, leaves) = (Vectors.Hex("statements", "invocation", "hex"), Vectors.Hex("statements", "output", "hex"), Vectors.Lists("statements", "traceLeavesHex"));
        yield return new Decoder("invocation", invocations, bytes => Verdict.OfEncoding(Invocation.TryDecode(bytes, out _)?.Encode(), bytes));
        yield return new Decoder("output record", outputs, bytes => Verdict.OfEncoding(OutputRecord.TryDecode(bytes, out _)?.Encode(), bytes));
        var content = ResultContentCodec.Encode(new ResultContent
        {
            Output = outputs[0],
            Stdout = "out"u8.ToArray(),
            Stderr = "err"u8.ToArray(),
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["out/a"] = "1"u8.ToArray(), ["out/b"] = Array.Empty<byte>() },
            TraceHashes = new byte[64],
            TraceLeaves = [new byte[3], new byte[5]],
        });
        yield return new Decoder("result content", [content], bytes => Verdict.OfEncoding(
            ResultContentCodec.TryDecode(bytes, MostContentBytes, out var read, out _) ? ResultContentCodec.Encode(read) : null, bytes));
        yield return new Decoder("trace leaf", [.. leaves.SelectMany(one => one)], bytes => Verdict.Of(TraceLeaf.TryDecode(bytes, out _) is not null));
        var hash = ContentHash.Sha256;
        var traces = leaves.ConvertAll(trace => Written(KeptTrace.Of(hash, [.. trace.Select(leaf => hash.Leaf(leaf))], [.. trace.Select(leaf => (ReadOnlyMemory<byte>)leaf)])));
        yield return new Decoder("trace file", traces, bytes => Verdict.OfEncoding(TraceFile.TryRead(bytes, hash, out _) is { } trace ? Written(trace) : null, bytes));
        yield return new Decoder("bundle manifest", Vectors.Hex("bundles", "manifestHex"), bytes => Verdict.Of(BundleManifest.TryDecode(bytes, out _) is not null && BundleManifest.TryReadEntries(bytes, null, 10, out _) is not null));
        yield return new Decoder("statement header", Vectors.Hex("statements", "statementHex"), bytes => Verdict.Of(StatementHeader.TryDecode(bytes, out _) is not null));
    }

    private static IEnumerable<Decoder> Texts()
    {
        var digest = Digest.Of([]).ToString();
        using var signing = SigningKey.FromSeed(new byte[SigningKey.SeedSizeBytes]);
        var key = signing.PublicKey;
        yield return Text("digest", [digest], text => Digest.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("node id", [key.Id.ToString()], text => NodeId.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("task id", ["01890000-0000-7000-8000-000000000000"], text => TaskId.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("owner", ["alice", "a.b-c"], text => OwnerId.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("public key", [key.ToString()], text => PublicKey.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("account", ["submitter:local", $"node:{key.Id}", "treasury"], text => LedgerAccount.TryParse(text, out var read) ? read.ToString() : null);
        yield return Text("cursor", [new Cursor(1, new byte[16]).ToString(), Cursor.Newest.ToString()], text => Cursor.TryParse(text, out _) ? text : null);
        yield return Text("trace cursor", [new TraceCursor(3, 7).ToString()], text => TraceCursor.TryParse(text, out _) ? text : null);
        yield return Text("time range", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123+02:00"], text => TimeRange.TryParse(text, text, out _) is null ? text : null);
        foreach (var type in Enum.GetValues<ScalarType>())
        {
            yield return Text($"argument {type}", ["1", "-1"], text => ScalarValue.TryParse(type, text, out _) ? text : null);
        }

        yield return Text("output patterns", ["out", "a/*/b?", "**/x\nout/*.txt"], text => OutputPatterns.TryParse(text.Split('\n'), out _, out _) ? text : null);
    }

    private static IEnumerable<Decoder> Proofs()
    {
        var corpus = new FormatCorpus();
        // "old", a proof of consistency, a note.
        var requests = corpus.Notes.Select(note => Encoding.UTF8.GetBytes($"old 0\n\n{note}")).ToList();
        yield return new Decoder("add-checkpoint", requests, bytes => Verdict.OfEncoding(WitnessRequest.TryParse(bytes)?.ToBytes(), bytes), IsText: true);
        yield return MerkleDecoders.Inclusion();
        yield return MerkleDecoders.Consistency();
    }

    private static IEnumerable<Decoder> Tars()
    {
        var tars = new[] { TarEntryFormat.Ustar, TarEntryFormat.Pax, TarEntryFormat.Gnu, TarEntryFormat.V7 }.Select(TarSamples.Good).Append(BundleTarWriter.Write(Bundle())).ToList();
        yield return new Decoder("bundle tar", tars, ReadTar);
        yield return new Decoder("bundle tar, hostile", [TarSamples.Good(TarEntryFormat.Gnu)], bytes => TarSamples.Hostile().Select(hostile => ReadTar(Splice(hostile, bytes))).OfType<Verdict.Wrong>().FirstOrDefault() ?? Verdict.Of(ReadTar(bytes) is Verdict.Accepted));
        yield return new Decoder("bundle tar, gzip", [.. tars.Select(Compressed)], ReadTar);
    }

    private static IEnumerable<Decoder> Modules()
    {
        string[] texts = ["(module)", """(module (memory 1) (table 2 funcref) (func $f (export "run") (param i32) (result i32) (local.get 0)) (start $s) (func $s) (elem (i32.const 0) $f) (data (i32.const 0) "x"))"""];
        yield return new Decoder("module sections", [.. texts.Select(WasmSandbox.ConvertText)], bytes =>
        {
            try
            {
                ModuleLimits.Check(bytes);
                ModuleBinary.CheckHeader(bytes);
                ModuleBinary.Edit(bytes);
                return Verdict.Of(true);
            }
            catch (ModuleException)
            {
                return Verdict.Of(false);
            }
        });
    }

    private static Verdict ReadTar(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            // Memory is never waited for.
            var bundle = BundleTarReader.ReadAsync(stream, SmallBundles, default).GetAwaiter().GetResult();
            var written = BundleTarWriter.Write(bundle);
            using var again = new MemoryStream(written, writable: false);
            return BundleTarReader.ReadAsync(again, SmallBundles, default).GetAwaiter().GetResult().Digest != bundle.Digest ? new Verdict.Wrong("it changes when it is packed again")
                : bundle.Entries.FirstOrDefault(entry => !BundlePath.IsCanonical(entry.Path)) is { } wild ? new Verdict.Wrong($"it has the path {wild.Path}")
                : bundle.Entries.FirstOrDefault(entry => entry.Target is { } target && !BundlePath.LeadsInside(entry.Path, target)) is { } link ? new Verdict.Wrong($"its link {link.Path} leads to {link.Target}")
                : Verdict.Of(true);
        }
        catch (BundleException)
        {
            return Verdict.Of(false);
        }
    }

    private static Decoder Text(string name, string[] samples, Func<string, string?> read) =>
        new(name, [.. samples.Select(Encoding.UTF8.GetBytes)], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return read(text) is not { } written ? Verdict.Of(false) : written == text ? Verdict.Of(true) : new Verdict.Wrong($"'{text}' and '{written}' are one");
        });

    private static byte[] Splice(byte[] hostile, byte[] bytes) => [.. hostile, .. bytes];

    private static Bundle Bundle()
    {
        using var stream = new MemoryStream(TarSamples.Good(TarEntryFormat.Ustar));
        return BundleTarReader.ReadAsync(stream, SmallBundles, default).GetAwaiter().GetResult();
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var made = new MemoryStream();
        using (var gzip = new GZipStream(made, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return made.ToArray();
    }

    private static byte[] Written(KeptTrace trace)
    {
        using var made = new MemoryStream();
        TraceFile.Write(made, trace);
        return made.ToArray();
    }
}
