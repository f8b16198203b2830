namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// The oldest engine that guests may be given to (docs/operations/security.md). What runs guests is the native library: its major version
/// is read from what it compiles. It tells no more of itself, so the rest of the version is the package's word.
/// </summary>
internal static class EngineFloor
{
    /// <summary>
    /// The first release with the fixes of the advisories of 2026-04-09 (CVE-2026-34971, CVE-2026-34987 and CVE-2026-34988, fixed in 43.0.1), and of
    /// 2026-09-24 and 2026-10-02 (49.0.1 and 49.0.2). Older lines that have the fixes too are refused: this project was not tested with them.
    /// </summary>
    public static Version Oldest { get; } = new(49, 0, 2);

    /// <summary>Refuses what is too old, and a library that is not the package's.</summary>
    /// <exception cref="EngineRefusedException">It is so.</exception>
    public static void Check(Wasmtime.Engine engine)
    {
        if (Problem(typeof(Wasmtime.Engine).Assembly.GetName().Version!, NativeEngine.Major(engine)) is { } problem)
        {
            throw new EngineRefusedException(problem);
        }
    }

    /// <summary>What is wrong with an engine; null if nothing is.</summary>
    /// <param name="package">Version of the package.</param>
    /// <param name="nativeMajor">Major version that the loaded library states; null if it states none that can be read.</param>
    public static string? Problem(Version package, int? nativeMajor) =>
        nativeMajor is null ? $"The Wasmtime library does not tell its version; {Oldest} or later is needed. Install the libraries that came with this program."
        : nativeMajor < Oldest.Major ? $"The Wasmtime library is of version {nativeMajor}; {Oldest} or later is needed, because guests can break out of older ones."
        : package < Oldest ? $"The Wasmtime package is of version {package.ToString(3)}; {Oldest} or later is needed, because guests can break out of older ones."
        : nativeMajor != package.Major ? $"The Wasmtime library is of version {nativeMajor}, its package of {package.ToString(3)}. Install the libraries that came with this program."
        : null;
}
