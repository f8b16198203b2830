using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Answers of what is done with nodes.</summary>
internal sealed class NodeAnswers(NodeRegistry registry, IDatabase database, ServerClock clock)
{
    /// <summary>Does something with the node that a path names, and answers the node as it is then, or the one that took its place.</summary>
    public async Task<Results<Ok<NodeView>, ProblemAnswer>> AnswerAsync(string id, Func<NodeId, Task<Problem?>> act, NodeId? successor = null) =>
        registry.Find(id) is not { } node ? NodeEndpoints.NotFound()
        : await act(node.Id) is { } problem ? problem.ToAnswer()
        : TypedResults.Ok(NodeEndpoints.View(registry.Find(successor ?? node.Id)!, database, clock));
}
