using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>Mutations from fixed seeds: a failure is found again by running the test again.</summary>
public sealed class StatementFuzzTests
{
    private static readonly byte[][] Statements = [.. SampleRuns.All.Select(run => run.Sign().Encode())];

    [Fact]
    public void Verify_TwentyThousandMutations_NeverThrowsAndAcceptsNone()
    {
        var random = new Random(20_260_101);
        var evidence = SampleRuns.Command.Evidence;
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = Mutate(Statements[random.Next(Statements.Length)], random);
            if (!Statements.Any(statement => statement.AsSpan().SequenceEqual(mutated)))
            {
                Assert.False(StatementVerifier.Verify(mutated, i % 2 == 0 ? Evidence.None : evidence).Valid, Convert.ToHexString(mutated));
            }
        }
    }

    // Past the signature: whatever a key holder signs is refused, or is read in one way only.
    [Fact]
    public void Verify_MutatedThenSigned_NeverThrowsAndReencodesIdentically()
    {
        var random = new Random(20_260_102);
        var runs = SampleRuns.All
            .Select(run => (Key: SigningKey.FromSeed(run.KeySeed), run.Evidence, Parts: StatementParts.Of(run)))
            .ToArray();
        var accepted = 0;
        for (var i = 0; i < 6_000; i++)
        {
            var (key, evidence, parts) = runs[random.Next(runs.Length)];
            (parts.ProtectedBytes, parts.PayloadBytes) = (null, null);
            if (i % 3 == 0)
            {
                parts.ProtectedBytes = Mutate(parts.EncodeProtected(), random);
            }
            else
            {
                parts.PayloadBytes = Mutate(parts.EncodePayload(), random);
            }

            var bytes = parts.Encode(key.Sign(parts.ToBeSigned()));
            if (StatementVerifier.Verify(bytes, evidence).Statement is { } statement)
            {
                accepted++;
                Assert.Equal(bytes, statement.Envelope.Encode());
                Assert.Equal(parts.EncodeProtected(), statement.Header.Encode());
                Assert.Equal(parts.EncodePayload(), StatementPayloadCodec.Encode(statement.Payload));
            }
        }

        // Enough must decode for this to say something.
        Assert.InRange(accepted, 300, 5_700);
    }

    [Fact]
    public void Verify_RandomEvidence_NeverThrows()
    {
        var random = new Random(20_260_103);
        var run = SampleRuns.Command;
        var bytes = run.Sign().Encode();
        for (var i = 0; i < 2_000; i++)
        {
            var evidence = run.Evidence with
            {
                Invocation = Mutate(run.Invocation.Encode(), random),
                Output = Mutate(run.Output.Encode(), random),
                TraceLeaves = [Mutate([1, 2, 3], random)],
            };

            Assert.False(StatementVerifier.Verify(bytes, evidence).Valid);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when length > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when length > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    var other = Statements[random.Next(Statements.Length)];
                    bytes.InsertRange(at, other.Skip(random.Next(other.Length)).Take(40));
                    break;
                case 5:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    // Heads that change what follows: maps, arrays, tags, indefinite lengths, floats, long counts.
                    string[] heads = ["a0", "80", "d2", "5f", "bf", "ff", "f90000", "9bffffffffffffffff", "1b", "5b7fffffffffffffff"];
                    bytes.InsertRange(at, Convert.FromHexString(heads[random.Next(heads.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }
}
