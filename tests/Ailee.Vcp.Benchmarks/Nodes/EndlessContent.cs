using System.Net;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>A body of zeros that is never in memory.</summary>
/// <param name="length">How long it is. Unit: bytes.</param>
/// <param name="isTold">Whether its length is told ahead.</param>
/// <param name="sent">Hears of what went out.</param>
internal sealed class EndlessContent(long length, bool isTold, Action<long> sent) : HttpContent
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var left = length; left > 0;)
        {
            var part = (int)Math.Min(left, Zeros.Length);
            await stream.WriteAsync(Zeros.AsMemory(0, part), cancellationToken);
            left -= part;
            sent(part);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return isTold;
    }
}
