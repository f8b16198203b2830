namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>A machine's clock that is wrong.</summary>
/// <param name="skew">How much later it is than it should be.</param>
internal sealed class SkewedTime(TimeSpan skew) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + skew;
}
