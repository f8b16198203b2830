using System.CommandLine;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli;

/// <summary>Hashes of statements on the command line and in what servers answer.</summary>
internal static class HashOption
{
    /// <summary>The option <c>--hash</c>.</summary>
    public static Option<string> Create(string description) =>
        new("--hash") { Description = $"{description} {ContentHash.Sha256} or {ContentHash.Sha3}.", DefaultValueFactory = _ => ContentHash.Sha256.Name };

    /// <summary>The hash of a name.</summary>
    /// <exception cref="CliException">There is none, or this machine cannot compute it.</exception>
    public static ContentHash Parse(string name) =>
        ContentHash.Find(name) is not { } hash ? throw new CliException($"There is no hash '{name}'; use {ContentHash.Sha256} or {ContentHash.Sha3}.")
        : hash.IsSupported ? hash
        : throw new CliException(hash.Unsupported);
}
