namespace Ailee.Vcp.Client;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">What to pass as <c>after</c> for the following part; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
