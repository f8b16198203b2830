using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>
/// The child process in which modules from strangers are parsed and compiled. It answers one request after the other on its
/// standard streams, and ends when its input ends. Whatever goes wrong beyond a refusal ends the process: its parent starts another.
/// </summary>
public static class CompilerProcess
{
    // Parsing nests as deep as the module does, and a frame of the compiler is large.
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Serves until the input ends. Returns the exit code.</summary>
    /// <param name="args">Bytes of memory that the process may have.</param>
    public static int Run(string[] args)
    {
        ProcessLimits.Apply(long.Parse(args[0], CultureInfo.InvariantCulture));
        // A terminal and service managers send these to a whole group. The parent decides when this process ends.
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT];
        var handlers = signals.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)).ToList();
        using var requests = new BlockingCollection<CompilerRequest>();
        var output = Console.OpenStandardOutput();
        new Thread(() => Serve(requests, output), StackBytes) { IsBackground = true }.Start();
        Read(Console.OpenStandardInput(), requests);
        handlers.ForEach(handler => handler.Dispose());
        // An orderly exit would wait for the engine's threads, and the compilation on them serves nobody any more.
        Process.GetCurrentProcess().Kill();
        return 0;
    }

    // Read on a thread of its own, so that the end of the parent ends a compilation too.
    private static void Read(Stream input, BlockingCollection<CompilerRequest> requests)
    {
        while (CompilerProtocol.ReadRequest(input) is { } request)
        {
            requests.Add(request);
        }
    }

    private static void Serve(BlockingCollection<CompilerRequest> requests, Stream output)
    {
        using var compiler = new ModuleCompiler();
        CompilerProtocol.WriteReady(output);
        foreach (var request in requests.GetConsumingEnumerable())
        {
            try
            {
                var answer = request.Work == CompilerWork.ConvertText ? ConvertText(request.Bytes) : compiler.Compile(request.Bytes).Bytes;
                CompilerProtocol.WriteAnswer(output, refused: false, answer.Span);
            }
            catch (ModuleException exception)
            {
                CompilerProtocol.WriteAnswer(output, refused: true, Encoding.UTF8.GetBytes($"{exception.Code}\n{exception.Message}"));
            }
        }
    }

    private static ReadOnlyMemory<byte> ConvertText(byte[] text)
    {
        try
        {
            return WasmSandbox.ConvertText(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text));
        }
        catch (DecoderFallbackException)
        {
            throw new ModuleException(ModuleException.Invalid, "The text is not UTF-8.");
        }
    }
}
