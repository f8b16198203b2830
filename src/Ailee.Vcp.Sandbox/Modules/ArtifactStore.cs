using System.Security.Cryptography;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// Compiled modules on disk, by module digest and profile, bounded in bytes. An artifact is native code, so a file is believed
/// only if its HMAC over (module digest, profile, artifact) is right under a key that only this service has; the bytes that were
/// checked are the bytes that are loaded. Safe for concurrent use; a torn write fails the HMAC and is compiled again.
/// </summary>
internal sealed class ArtifactStore(string directory, ReadOnlyMemory<byte> key, Digest profile, long maxBytes, TimeProvider time)
{
    /// <summary>Length of the key.</summary>
    public const int KeyBytes = 32;

    private const int MacBytes = 32;

    private readonly string _directory = Path.Combine(directory, profile.ToHex()[..16]);
    private readonly Lazy<ArtifactFiles> _files = new(() => new ArtifactFiles(directory, maxBytes, time));

    /// <summary>The artifact; null if there is none, or none that is authentic. <paramref name="rejected"/> tells which.</summary>
    public ReadOnlyMemory<byte>? Read(Digest module, out bool rejected)
    {
        rejected = false;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(PathOf(module));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (bytes.Length > MacBytes && CryptographicOperations.FixedTimeEquals(Mac(module, bytes.AsSpan(MacBytes)), bytes.AsSpan(0, MacBytes)))
        {
            _files.Value.Used(PathOf(module));
            return bytes.AsMemory(MacBytes);
        }

        rejected = true;
        return null;
    }

    /// <summary>Stores an artifact. A disk that does not take it is no error: the next start compiles again.</summary>
    public bool TryWrite(Digest module, ReadOnlySpan<byte> artifact)
    {
        var size = MacBytes + artifact.Length;
        if (size > maxBytes)
        {
            return false;
        }

        // Before the file is there: the first look takes away what earlier processes left unfinished.
        var files = _files.Value;
        var path = PathOf(module);
        var temporary = ArtifactFiles.TemporaryName(path);
        try
        {
            Directory.CreateDirectory(_directory);
            using (var file = File.Create(temporary))
            {
                file.Write(Mac(module, artifact));
                file.Write(artifact);
            }

            files.Place(temporary, path, size);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ArtifactFiles.TryDelete(temporary);
            return false;
        }
    }

    public void Delete(Digest module) => _files.Value.Delete(PathOf(module));

    /// <summary>Files there now, their bytes, and how many went for lack of room.</summary>
    public (int Entries, long Bytes, long Evictions) Statistics() => _files.Value.Statistics();

    private string PathOf(Digest module) => Path.Combine(_directory, module.ToHex() + ArtifactFiles.Extension);

    private byte[] Mac(Digest module, ReadOnlySpan<byte> artifact)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Span);
        hmac.AppendData(module.ToArray());
        hmac.AppendData(profile.ToArray());
        hmac.AppendData(artifact);
        return hmac.GetHashAndReset();
    }
}
