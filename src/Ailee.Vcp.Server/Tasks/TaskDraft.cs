using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A request that passed validation, ready to be stored.</summary>
internal sealed record TaskDraft(Digest Module, string Entrypoint, Invocation Invocation, ReadOnlyMemory<byte> Stdin, int TimeoutMs);
