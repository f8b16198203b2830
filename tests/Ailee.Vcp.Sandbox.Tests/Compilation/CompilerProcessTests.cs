using System.Diagnostics;
using System.Globalization;
using Ailee.Vcp.Sandbox.Compilation;
using Ailee.Vcp.Sandbox.Tests.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Compilation;

public sealed class CompilerProcessTests
{
    private const long MemoryBytes = 2L << 30;

    [Fact]
    public async Task Run_InputEndsWhileItCompiles_Ends()
    {
        using var process = await StartAsync();
        var bomb = Bombs.NestedLoops(5000);
        await SendAsync(process, CompilerProtocol.RequestHeader(CompilerWork.Compile, bomb.Length), bomb);

        // What the system does when the parent dies.
        process.StandardInput.Close();

        Assert.Null(await CompilerProtocol.ReadAnswerAsync(process.StandardOutput.BaseStream));
        await process.WaitForExitAsync();
    }

    [Fact]
    public async Task Run_InputEndsWithinARequest_Ends()
    {
        using var process = await StartAsync();
        await SendAsync(process, CompilerProtocol.RequestHeader(CompilerWork.Compile, 100), new byte[99]);

        process.StandardInput.Close();

        Assert.Null(await CompilerProtocol.ReadAnswerAsync(process.StandardOutput.BaseStream));
        await process.WaitForExitAsync();
    }

    [Fact]
    public async Task Run_Module_AnswersWithTheArtifactAndItsMemory()
    {
        using var process = await StartAsync();
        var module = ModuleCacheTests.Numbered(7);
        await SendAsync(process, CompilerProtocol.RequestHeader(CompilerWork.Compile, module.Length), module);

        var answer = await CompilerProtocol.ReadAnswerAsync(process.StandardOutput.BaseStream);

        Assert.False(answer!.Refused);
        Assert.InRange(answer.WorkingSetBytes, 1, MemoryBytes);
        using var compiler = new ModuleCompiler();
        Assert.Equal(compiler.Compile(module).Bytes.ToArray(), answer.Bytes);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    [Fact]
    public async Task Run_OnLinux_LimitsItselfAndGoesFirst()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limits are Linux's.");
        using var process = await StartAsync();

        var limits = await File.ReadAllLinesAsync($"/proc/{process.Id}/limits");
        var score = await File.ReadAllTextAsync($"/proc/{process.Id}/oom_score_adj");

        var bytes = (2 * MemoryBytes).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(["Max", "data", "size", bytes, bytes, "bytes"], Words(limits, "Max data size"));
        Assert.Equal(["Max", "core", "file", "size", "0", "0", "bytes"], Words(limits, "Max core file size"));
        Assert.Equal("1000", score.Trim());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    [Fact]
    public void Create_Command_PassesNothingSecretAndUsesNoShell()
    {
        var command = CompilerCommand.Create(MemoryBytes);

        string[] allowed = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TMPDIR", "TEMP", "DOTNET_EnableDiagnostics", "DOTNET_GCHeapHardLimit"];
        Assert.Subset(allowed.ToHashSet(), command.Environment.Keys.ToHashSet());
        Assert.False(command.UseShellExecute);
        Assert.True(Path.IsPathFullyQualified(command.FileName));
        Assert.Empty(command.Arguments);
    }

    private static async Task<Process> StartAsync()
    {
        var process = Process.Start(CompilerCommand.Create(MemoryBytes))!;
        Assert.True(await CompilerProtocol.ReadReadyAsync(process.StandardOutput.BaseStream));
        return process;
    }

    private static async Task SendAsync(Process process, params byte[][] parts)
    {
        foreach (var part in parts)
        {
            await process.StandardInput.BaseStream.WriteAsync(part);
        }

        await process.StandardInput.BaseStream.FlushAsync();
    }

    private static string[] Words(string[] lines, string begin) =>
        lines.Single(line => line.StartsWith(begin, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
