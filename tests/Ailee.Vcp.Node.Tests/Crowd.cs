namespace Ailee.Vcp.Node.Tests;

/// <summary>Counts how many are at a place at once. Whoever comes lingers, so that others who may come do.</summary>
internal sealed class Crowd
{
    private readonly object _gate = new();
    private int _here;

    public int Most { get; private set; }

    public static async Task LingerAsync()
    {
        for (var i = 0; i < 1000; i++)
        {
            await Task.Yield();
        }
    }

    public async Task PassAsync()
    {
        lock (_gate)
        {
            Most = Math.Max(Most, ++_here);
        }

        await LingerAsync();
        lock (_gate)
        {
            _here--;
        }
    }
}
