namespace Ailee.Vcp.Client.Tasks;

/// <summary>A file that a guest gave back; its bytes are at <c>/tasks/{id}/files/{path}</c>.</summary>
/// <param name="Path">Where it lay, relative to the root.</param>
/// <param name="SizeBytes">How many bytes it has.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
public sealed record TaskFile(string Path, long SizeBytes, string Digest);
