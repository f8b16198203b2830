using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Cbor;

public sealed class DeterministicCborPropertyTests
{
    private static readonly Gen<byte[]> Leaf = Gen.OneOf(
        Gen.ULong.Select(value => RawCbor.Head(0, value)),
        Gen.ULong.Select(value => RawCbor.Head(1, value)),
        Gen.Byte.Array[0, 40].Select(bytes => RawCbor.Bytes(bytes)),
        Gen.String[Gen.Char['\u0020', '\ud7ff'], 0, 20].Select(RawCbor.Text),
        Gen.OneOf<byte[]>([0xf4], [0xf5], [0xf6]));

    private static readonly Gen<byte[]> Item = ItemOfDepth(4);

    [Fact]
    public void Check_DeterministicItem_FindsNothing() => Item.Sample(item => Assert.Null(DeterministicCbor.Check(item)));

    [Fact]
    public void Check_EveryProperPrefix_IsTruncated() => Item.Sample(
        item =>
        {
            for (var length = 0; length < item.Length; length++)
            {
                Assert.Equal(CborFaultKind.Truncated, DeterministicCbor.Check(item.AsSpan(0, length))?.Kind);
            }
        },
        iter: 50);

    [Fact]
    public void Check_ItemWithMoreBytes_AreTrailing() => Gen.Select(Item, Gen.Byte.Array[1, 20]).Sample((item, more) =>
        Assert.Equal(CborFaultKind.TrailingBytes, DeterministicCbor.Check([.. item, .. more])?.Kind));

    [Fact]
    public void Check_TwoKeysSwapped_IsNotDeterministic() =>
        Gen.Select(Leaf, Leaf, Item).Where((first, second, _) => !first.AsSpan().SequenceEqual(second)).Sample((first, second, value) =>
        {
            var (low, high) = first.AsSpan().SequenceCompareTo(second) < 0 ? (first, second) : (second, first);

            Assert.Null(DeterministicCbor.Check(RawCbor.Map((low, value), (high, value))));
            Assert.Equal(CborFaultKind.NotDeterministic, DeterministicCbor.Check(RawCbor.Map((high, value), (low, value)))?.Kind);
            Assert.Equal(CborFaultKind.NotDeterministic, DeterministicCbor.Check(RawCbor.Map((low, value), (low, value)))?.Kind);
        });

    [Fact]
    public void Check_WiderHead_IsNotDeterministic() =>
        Gen.Select(Gen.Int[0, 6], Gen.ULong[0, uint.MaxValue], Gen.OneOf(1, 2, 4, 8)).Sample((major, value, width) =>
        {
            var shortest = RawCbor.Head(major, value);
            var wider = RawCbor.Head(major, value, width);
            if (wider.Length > shortest.Length)
            {
                Assert.Equal(CborFaultKind.NotDeterministic, DeterministicCbor.Check(wider)?.Kind);
            }
        });

    [Fact]
    public void Check_RandomBytes_NeverThrowsAndPassesOnlyWhatReencodesIdentically() =>
        Gen.OneOf(Gen.Byte.Array[0, 12], Mutated()).Sample(
            bytes =>
            {
                if (DeterministicCbor.Check(bytes) is null)
                {
                    Assert.Equal(bytes, Reencode(new CborReader(bytes, CborConformanceMode.Strict)));
                }
            },
            iter: 20_000);

    private static Gen<byte[]> Mutated() => Gen.Select(Item, Gen.Int[0, int.MaxValue], Gen.Byte).Select((item, position, value) =>
    {
        var mutated = item.ToArray();
        mutated[position % mutated.Length] = value;
        return mutated;
    });

    private static Gen<byte[]> ItemOfDepth(int depth)
    {
        if (depth == 0)
        {
            return Leaf;
        }

        var inner = ItemOfDepth(depth - 1);
        return Gen.Frequency(
            (3, Leaf),
            (1, inner.Array[0, 5].Select(items => RawCbor.Array(items))),
            (1, Gen.Select(Leaf, inner).Array[0, 5].Select(SortedMap)),
            (1, Gen.Select(Gen.ULong, inner).Select((tag, item) => RawCbor.Tag(tag, item))));
    }

    private static byte[] SortedMap((byte[] Key, byte[] Value)[] entries) => RawCbor.Map([.. entries
        .DistinctBy(entry => Convert.ToHexString(entry.Key))
        .OrderBy(entry => Convert.ToHexString(entry.Key), StringComparer.Ordinal)]);

    // Reads with .NET's reader and writes by hand, keys sorted.
    private static byte[] Reencode(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                return RawCbor.Head(0, reader.ReadUInt64());
            case CborReaderState.NegativeInteger:
                return RawCbor.Head(1, reader.ReadCborNegativeIntegerRepresentation());
            case CborReaderState.ByteString:
                return RawCbor.Bytes(reader.ReadByteString());
            case CborReaderState.TextString:
                return RawCbor.Text(reader.ReadTextString());
            case CborReaderState.Tag:
                var tag = (ulong)reader.ReadTag();
                return RawCbor.Tag(tag, Reencode(reader));
            case CborReaderState.StartArray:
                var items = new byte[reader.ReadStartArray()!.Value][];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = Reencode(reader);
                }

                reader.ReadEndArray();
                return RawCbor.Array(items);
            case CborReaderState.StartMap:
                var entries = new (byte[] Key, byte[] Value)[reader.ReadStartMap()!.Value];
                for (var i = 0; i < entries.Length; i++)
                {
                    entries[i] = (Reencode(reader), Reencode(reader));
                }

                reader.ReadEndMap();
                return SortedMap(entries);
            case CborReaderState.Null:
                reader.ReadNull();
                return RawCbor.Null;
            case CborReaderState.Boolean:
                return [reader.ReadBoolean() ? (byte)0xf5 : (byte)0xf4];
            default:
                throw new InvalidOperationException("Nothing else passes the check.");
        }
    }
}
