using System.Text;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What a task may ask of its nodes and of its place among others.</summary>
internal static class SelectionRules
{
    private const int MostLabels = 32;
    private const int MostNameBytes = 64;
    private const int MostValueBytes = 256;
    private const int MostArchitectureBytes = 32;

    /// <summary>What is wrong with the request, or null.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mostAttempts">The server's own bound.</param>
    public static Problem? Check(TaskRequest request, int mostAttempts) =>
        ProblemOf(request, mostAttempts) is { } problem ? Problems.SelectionInvalid.Because(problem) : null;

    private static string? ProblemOf(TaskRequest request, int mostAttempts) =>
        request.Priority is < 0 or > Dispatch.Demand.MostPriority ? $"priority must be between 0 and {Dispatch.Demand.MostPriority}."
        : request.MaxAttempts is { } attempts && (attempts < 1 || attempts > mostAttempts) ? $"maxAttempts must be between 1 and {mostAttempts}."
        : request.Selection?.Strategy is { } strategy && SelectionStrategyNames.Find(strategy) is null
            ? "selection.strategy must be weighted, least-loaded, round-robin, latency-aware or lowest-bid."
        : request.Selection?.Architecture is { } architecture && !Fits(architecture, 1, MostArchitectureBytes)
            ? $"selection.architecture must be 1 to {MostArchitectureBytes} bytes without control characters."
        : LabelProblem("selection.labels", request.Selection?.Labels) ?? LabelProblem("labels", request.Labels);

    private static string? LabelProblem(string member, IReadOnlyDictionary<string, string>? labels) =>
        labels is null ? null
        : labels.Count > MostLabels ? $"{member} may be {MostLabels}."
        // The serializer holds members to their nullability, but not the values of a dictionary.
        : labels.All(label => label.Value is not null && Fits(label.Key, 1, MostNameBytes) && Fits(label.Value, 0, MostValueBytes)) ? null
        : $"{member} must be names of 1 to {MostNameBytes} bytes with values of at most {MostValueBytes} bytes, without control characters.";

    private static bool Fits(string text, int least, int most)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes >= least && bytes <= most && !text.Any(char.IsControl);
    }
}
