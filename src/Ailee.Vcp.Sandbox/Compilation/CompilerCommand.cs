using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>
/// How a compiler process is started: on the runtime that this process runs on, from the folder that this assembly lies in. So it
/// works the same from a build, a test, a published folder that nobody may write, and with or without an executable of its own.
/// </summary>
internal static class CompilerCommand
{
    private const string Program = "Ailee.Vcp.Compiler";

    // The child has no use for anything else, and what is in the environment may be secret.
    private static readonly string[] Inherited = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TMPDIR", "TEMP"];

    public static ProcessStartInfo Create(long memoryBytes)
    {
        var folder = Path.GetDirectoryName(typeof(CompilerCommand).Assembly.Location)!;
        var start = new ProcessStartInfo(Runtime())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = folder,
        };
        // The dependencies of the main program say where the native library lies; its frameworks are not needed.
        string[] arguments =
        [
            "exec",
            "--runtimeconfig", Path.Combine(folder, $"{Program}.runtimeconfig.json"),
            "--depsfile", Dependencies(folder),
            Path.Combine(folder, $"{Program}.dll"),
            memoryBytes.ToString(CultureInfo.InvariantCulture),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        SetEnvironment(start, memoryBytes);
        return start;
    }

    private static void SetEnvironment(ProcessStartInfo start, long memoryBytes)
    {
        start.Environment.Clear();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        // No socket in the temporary folder, and nothing that another process could attach to.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = memoryBytes.ToString("x", CultureInfo.InvariantCulture);
    }

    private static string Runtime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && Path.GetFileName(own) == name)
        {
            return own;
        }

        // <root>/shared/Microsoft.NETCore.App/<version>/
        var path = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(path) ? path : throw new InvalidOperationException($"There is no {path}, which compiles modules. Run on an installed .NET runtime.");
    }

    private static string Dependencies(string folder)
    {
        var files = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(Path.PathSeparator, ';') ?? [];
        return files.FirstOrDefault(file => Path.GetDirectoryName(file) == folder && File.Exists(file)) ?? Path.Combine(folder, $"{Program}.deps.json");
    }
}
