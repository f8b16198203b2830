using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A request that passed validation, ready to be stored.</summary>
internal sealed record TaskDraft(Digest Module, string Entrypoint, Invocation Invocation, ReadOnlyMemory<byte> Stdin, int TimeoutMs)
{
    /// <summary>Name of the bundle, or null.</summary>
    public Digest? Bundle { get; init; }

    /// <summary>The hash of the content digests in statements about the task.</summary>
    public ContentHash Hash { get; init; } = ContentHash.Sha256;

    /// <summary>Digest of the module under <see cref="Hash"/> if that is not SHA-256.</summary>
    public Digest? ModuleDigest { get; init; }

    /// <summary>One of <see cref="AssuranceModes"/>.</summary>
    public string Assurance { get; init; } = AssuranceModes.SingleRun;

    /// <summary>How often the node runs the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>How many nodes run it.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How many of them must agree.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>0 to 9, the highest first.</summary>
    public int Priority { get; init; } = Dispatch.Demand.DefaultPriority;

    /// <summary>Where it may run, and how the node is chosen; null for anywhere.</summary>
    public TaskSelection? Selection { get; init; }

    /// <summary>Most tries; null for the server's.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The submitter's own; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>How often it may be run. Of mode adaptive two nodes run it, unless a trusted one happens to get it.</summary>
    public int MostRuns => Runs * (Assurance == AssuranceModes.Adaptive ? 2 : Replicas);

    /// <summary><see cref="Selection"/> as it is stored, JSON.</summary>
    public string StoredSelection => Selection is null ? TaskStore.Anywhere : JsonSerializer.Serialize(Selection, VcpJson.Default.TaskSelection);

    /// <summary><see cref="Labels"/> as they are stored, JSON; null for none.</summary>
    public string? StoredLabels => Labels is null ? null : JsonSerializer.Serialize(Labels, VcpJson.Default.IReadOnlyDictionaryStringString);

    /// <summary>What the request says of its nodes and its place among others.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mostAttempts">The server's tries. A vote has its number fixed: what became of it must not change with the server's configuration.</param>
    public TaskDraft With(TaskRequest request, int mostAttempts) => this with
    {
        Priority = request.Priority ?? Priority,
        Selection = request.Selection,
        MaxAttempts = request.MaxAttempts ?? (Assurance is AssuranceModes.Quorum or AssuranceModes.Adaptive ? mostAttempts : null),
        Labels = request.Labels is { Count: > 0 } labels ? labels : null,
    };
}
