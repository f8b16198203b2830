using System.Text;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>
/// The arguments or the environment as the guest gets them, each ending with a zero byte. Made once for a run: asking for their
/// sizes has a flat price, so it must not cost the host more the longer they are.
/// </summary>
internal sealed class GuestStrings
{
    private GuestStrings(IEnumerable<string> texts)
    {
        Items = [.. texts.Select(text => (byte[])[.. Encoding.UTF8.GetBytes(text), 0])];
        SizeBytes = Items.Sum(item => (long)item.Length);
    }

    public IReadOnlyList<byte[]> Items { get; }

    public long SizeBytes { get; }

    public static GuestStrings Arguments(Invocation invocation) => new(["main", .. invocation.Arguments]);

    public static GuestStrings Environment(Invocation invocation) =>
        new(invocation.SortedEnvironment().Select(variable => $"{variable.Key}={variable.Value}"));
}
