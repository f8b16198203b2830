using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Cli.Submit;

/// <summary>What <c>submit --json</c> prints: the task, and the files that were written.</summary>
internal sealed record SubmitReport(ComputeTask Task, string? Proof, string? Invocation, string? Output, string? Bundle);
