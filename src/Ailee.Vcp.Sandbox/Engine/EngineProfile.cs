using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
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

    /// <summary>The encoded description.</summary>
    public static ReadOnlyMemory<byte> Description { get; } = Encode();

    /// <summary>SHA-256 of <see cref="Description"/>.</summary>
    public static Digest Digest { get; } = Digest.Of(Description.Span);

    private static byte[] Encode() => CborWriting.Encode(0, static (writer, _) =>
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
        writer.WriteTextString(StatementPayload.HashName);
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
