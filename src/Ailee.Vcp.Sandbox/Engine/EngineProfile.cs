using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Trace;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// Everything that defines what a guest computes and how it is counted, as canonical CBOR (docs/design/profile.md). Two nodes
/// whose profiles have one digest agree on every outcome; nothing of the machine is in it.
/// </summary>
public static class EngineProfile
{
    /// <summary>Version of the engine, as its package states it.</summary>
    public static string EngineVersion { get; } = typeof(Wasmtime.Engine).Assembly.GetName().Version!.ToString(3);

    private static readonly Lazy<Digest> DigestOfSha3 = new(static () => ContentHash.Sha3.Of(DescriptionOf(ContentHash.Sha3)));

    /// <summary>The digest of the profile whose statements are under SHA-256.</summary>
    public static Digest Digest { get; } = ContentHash.Sha256.Of(DescriptionOf(ContentHash.Sha256));

    /// <summary>The digest, under the same hash, of the profile whose statements are under a hash. A node runs every profile.</summary>
    public static Digest DigestOf(ContentHash hash) => hash == ContentHash.Sha256 ? Digest : DigestOfSha3.Value;

    /// <summary>The encoded description of the profile whose statements are under a hash.</summary>
    public static byte[] DescriptionOf(ContentHash hash) => CborWriting.Encode(hash, static (writer, hash) =>
    {
        writer.WriteStartArray(9);
        writer.WriteTextString("vcp-profile-v1");
        writer.WriteTextString("wasmtime");
        writer.WriteTextString(EngineVersion);
        Write(writer, [
            "bulk-memory", "extended-const", "multi-value", "mutable-globals", "nan-canonicalization", "reference-types",
            "relaxed-simd-deterministic", "saturating-conversion", "sign-extension", "simd", "tail-calls",
        ]);
        writer.WriteInt32(SandboxEngine.StackBytes);
        writer.WriteInt32(ModuleBinary.EditVersion);
        Write(writer, [
            GasSchedule.Version, GasSchedule.HostCall, GasSchedule.HostByte, GasSchedule.RandomByte,
            GasSchedule.HostEntry, GasSchedule.MemoryPage, GasSchedule.InputByte, GasSchedule.OutputByte,
        ]);
        Write(writer, [WasiHost.AbiVersion, VirtualClock.StepNanoseconds, TraceRecorder.RecordsPerBlock]);
        writer.WriteTextString(hash.Name);
        writer.WriteEndArray();
    });

    private static void Write(CborWriter writer, ReadOnlySpan<string> names)
    {
        writer.WriteStartArray(names.Length);
        foreach (var name in names)
        {
            writer.WriteTextString(name);
        }

        writer.WriteEndArray();
    }

    private static void Write(CborWriter writer, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(numbers.Length);
        foreach (var number in numbers)
        {
            writer.WriteInt64(number);
        }

        writer.WriteEndArray();
    }
}
