namespace Ailee.Vcp.Client.Log;

/// <summary>An entry of the log, and what the statement that it names is about.</summary>
/// <param name="Index">Its position, from 0.</param>
/// <param name="Digest">The entry: the statement's id.</param>
/// <param name="Kind">Kind of the statement.</param>
/// <param name="Task">The task that it is about, if any.</param>
/// <param name="Node">The node that signed it or that it enrols, if any.</param>
/// <param name="Module">The module that ran, if any.</param>
/// <param name="LoggedAt">When it was appended.</param>
public sealed record LogEntryView(long Index, string Digest, string Kind, string? Task, string? Node, string? Module, DateTimeOffset LoggedAt);
