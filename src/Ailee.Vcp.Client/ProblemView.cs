namespace Ailee.Vcp.Client;

/// <summary>An error as the server tells it (RFC 9457) with a stable code (docs/error-codes.md).</summary>
/// <param name="Type">A reference to the code's documentation.</param>
/// <param name="Title">What the code means.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong with this request.</param>
/// <param name="Code">Stable code.</param>
public sealed record ProblemView(string? Type, string? Title, int Status, string? Detail, string? Code);
