using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Trace;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

public sealed class EngineProfileTests
{
    [Fact]
    public void Description_Always_IsDeterministicCbor()
    {
        Assert.Null(DeterministicCbor.Check(EngineProfile.DescriptionOf(ContentHash.Sha256)));
        Assert.Equal(Digest.Of(EngineProfile.DescriptionOf(ContentHash.Sha256)), EngineProfile.Digest);
    }

    [Fact]
    public void Description_OfEitherHash_DiffersInItsNameAlone()
    {
        var (sha256, sha3) = (EngineProfile.DescriptionOf(ContentHash.Sha256), EngineProfile.DescriptionOf(ContentHash.Sha3));

        Assert.Null(DeterministicCbor.Check(sha3));
        Assert.Equal([.. sha256[..^8], 0x68, .. "sha3-256"u8], sha3);
        Assert.Equal(ContentHash.Sha3.Of(sha3), EngineProfile.DigestOf(ContentHash.Sha3));
        Assert.Equal(EngineProfile.Digest, EngineProfile.DigestOf(ContentHash.Sha256));
    }

    [Fact]
    public void Description_Decoded_NamesEngineMetersAndPrices()
    {
        var reader = new CborReader(EngineProfile.DescriptionOf(ContentHash.Sha256), CborConformanceMode.Strict);

        Assert.Equal(9, reader.ReadStartArray());
        Assert.Equal("vcp-profile-v1", reader.ReadTextString());
        Assert.Equal("wasmtime", reader.ReadTextString());
        Assert.Equal(EngineProfile.EngineVersion, reader.ReadTextString());
        Assert.Contains("nan-canonicalization", ReadTexts(reader));
        Assert.Equal(SandboxEngine.StackBytes, reader.ReadInt32());
        Assert.Equal(1, reader.ReadInt32());
        Assert.Equal(
            [
                GasSchedule.Version, GasSchedule.HostCall, GasSchedule.HostByte, GasSchedule.RandomByte,
                GasSchedule.HostEntry, GasSchedule.MemoryPage, GasSchedule.InputByte, GasSchedule.OutputByte,
            ],
            ReadNumbers(reader));
        Assert.Equal([2, 1_000_000, TraceRecorder.RecordsPerBlock], ReadNumbers(reader));
        Assert.Equal("sha-256", reader.ReadTextString());
        reader.ReadEndArray();
        Assert.Equal(0, reader.BytesRemaining);
    }

    private static List<string> ReadTexts(CborReader reader)
    {
        var texts = new List<string>();
        for (var left = reader.ReadStartArray(); left > 0; left--)
        {
            texts.Add(reader.ReadTextString());
        }

        reader.ReadEndArray();
        return texts;
    }

    private static List<long> ReadNumbers(CborReader reader)
    {
        var numbers = new List<long>();
        for (var left = reader.ReadStartArray(); left > 0; left--)
        {
            numbers.Add(reader.ReadInt64());
        }

        reader.ReadEndArray();
        return numbers;
    }
}
