using System.Security.Cryptography;
using System.Text;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What a fleet of virtual nodes is to do.</summary>
internal sealed record LoadOptions
{
    /// <summary>The server's address.</summary>
    public required Uri Server { get; init; }

    /// <summary>An operator's key, which asks for join tokens; null on a loopback that needs none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Join tokens, one for each node; empty: the server is asked for them.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>How many nodes.</summary>
    public required int Count { get; init; }

    /// <summary>How many owners they have.</summary>
    public required int Owners { get; init; }

    /// <summary>Owners and nodes are named by this, a hyphen and a number.</summary>
    public string Prefix { get; init; } = "load";

    /// <summary>Guests at once of each node.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Labels of each node.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What each node bids in auctions.</summary>
    public long? Price { get; init; }

    /// <summary>What nodes do that do not do what they should.</summary>
    public Conduct Conduct { get; init; } = Conduct.Honest;

    /// <summary>How many nodes, the first ones, do so. The others are honest.</summary>
    public required int Misbehaving { get; init; }

    /// <summary>From which all chance comes.</summary>
    public int Seed { get; init; }

    /// <summary>How wrong the machine's clock is.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>Whether the nodes ask for work.</summary>
    public bool AsksForLeases { get; init; } = true;

    /// <summary>Whether nodes share connections for calls that are short, as no real ones do.</summary>
    public bool SharesConnections { get; init; }

    /// <summary>Hears of every guest that starts.</summary>
    public Action<Guid, string, DateTimeOffset>? Started { get; init; }

    /// <summary>Chance of its own for a purpose of a node: the same for the same seed, node and purpose.</summary>
    public Random Chance(int node, string purpose) =>
        new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed} {node} {purpose}"))));
}
