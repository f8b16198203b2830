using Ailee.Vcp.Cli.Files;

namespace Ailee.Vcp.Cli.Export;

/// <summary>The names of the files that <c>vcp export</c> writes and <c>vcp verify</c> reads.</summary>
internal static class ExportDirectory
{
    public const string LogKey = "log.key";
    public const string Checkpoint = "checkpoint";
    public const string Genesis = "genesis.cose";
    public const string Certificate = "certificate.cose";
    public const string Divergence = "divergence.cose";
    public const string Invocation = "invocation.cbor";
    public const string Output = "output.cbor";
    public const string Stdin = "stdin";
    public const string Stdout = "stdout";

    private const string ProofPrefix = "proof-";
    private const string EnrolmentPrefix = "enrolment-";
    private const string Extension = ".cose";

    /// <summary>The name of a proof, counted from 1.</summary>
    public static string Proof(int number) => $"{ProofPrefix}{number}{Extension}";

    /// <summary>The name of the enrolment of a node that proved, counted from 1.</summary>
    public static string Enrolment(int number) => $"{EnrolmentPrefix}{number}{Extension}";

    /// <summary>The proofs in a directory, in order; if there are none, the statement that says why.</summary>
    /// <exception cref="CliException">It holds neither.</exception>
    public static IReadOnlyList<string> Statements(string directory)
    {
        var proofs = Numbered(directory, Proof);
        var divergence = Path.Combine(directory, Divergence);
        return proofs.Count > 0 ? proofs
            : Has(divergence) ? [divergence]
            : throw new CliException($"{directory} holds neither {Proof(1)} nor {Divergence}: it is no directory that 'vcp export' wrote.");
    }

    /// <summary>Whether a file is in a directory.</summary>
    /// <exception cref="CliException">It is a link, a pipe or a device: what it says may be elsewhere, or never end.</exception>
    public static bool Has(string path) =>
        File.Exists(path) && (FileType.IsRegular(path) ? true : throw new CliException($"{path} is no regular file, and what 'vcp export' writes are."));

    /// <summary>The enrolments in a directory.</summary>
    public static IReadOnlyList<string> Enrolments(string directory) => Numbered(directory, Enrolment);

    // Whatever is missing in the middle ends it; anything else in the directory is nobody's.
    private static List<string> Numbered(string directory, Func<int, string> name) =>
        [.. Enumerable.Range(1, int.MaxValue - 1).Select(number => Path.Combine(directory, name(number))).TakeWhile(Has)];
}
