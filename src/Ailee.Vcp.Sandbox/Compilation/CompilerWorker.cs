using System.ComponentModel;
using System.Diagnostics;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>One compiler process, as its parent sees it. It serves one request at a time; after a failure it is of no more use.</summary>
internal sealed class CompilerWorker : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(100);

    // Processor time is what a module is held to: wall time would refuse on a busy machine what passes on an idle one. It only ends
    // what uses none.
    private const int WallTimeFactor = 4;

    private readonly Process _process;
    private readonly SandboxOptions _options;
    private readonly TimeProvider _time;
    private readonly Task<string> _errors;

    private CompilerWorker(SandboxOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _process = Process.Start(CompilerCommand.Create(options.CompileMemoryBytes))!;
        ProcessId = _process.Id;
        _errors = ReadErrorsAsync(_process.StandardError);
    }

    public int ProcessId { get; }

    /// <summary>Memory after the last answer.</summary>
    public long WorkingSetBytes { get; private set; }

    /// <summary>Timestamp of the last answer.</summary>
    public long IdleSince { get; private set; }

    /// <exception cref="InvalidOperationException">It does not start; the message has what it said.</exception>
    public static async Task<CompilerWorker> StartAsync(SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var worker = new CompilerWorker(options, time);
        try
        {
            // Real time: a clock that stands still must not make a start endless.
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StartTimeout);
            await using var end = timeout.Token.Register(worker.Kill);
            if (await CompilerProtocol.ReadReadyAsync(worker._process.StandardOutput.BaseStream))
            {
                return worker;
            }

            cancellationToken.ThrowIfCancellationRequested();
            worker.Kill();
            throw new InvalidOperationException($"The compiler process does not start: {await worker._errors}");
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <exception cref="ModuleException">The compiler refused the bytes, or took longer than it may.</exception>
    /// <exception cref="CompilerLostException">The process ended.</exception>
    public async Task<CompilerAnswer> AskAsync(CompilerWork work, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var allowed = TimeSpan.FromMilliseconds(_options.CompileTimeoutMs);
        using var timeout = new CancellationTokenSource(WallTimeFactor * allowed, _time);
        var processorLimit = ProcessorTime() + allowed;
        // A killed process ends the pipes, and with them whatever waits below.
        await using var onTimeout = timeout.Token.Register(Kill);
        await using var onCancel = cancellationToken.Register(Kill);
        await using var watch = _time.CreateTimer(_ => EndIfOverLimits(processorLimit, timeout), null, Watch, Watch);
        if (await TryAskAsync(work, bytes) is { } answer)
        {
            WorkingSetBytes = answer.WorkingSetBytes;
            IdleSince = _time.GetTimestamp();
            return answer;
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw timeout.IsCancellationRequested
            ? new ModuleException(ModuleException.CompileLimit, $"The module takes more to compile than {_options.CompileTimeoutMs} ms of processor time.")
            : new CompilerLostException();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        // What a crash says can be long, and a full pipe would stop it. Only the beginning is of use.
        var kept = new char[1000];
        var count = await errors.ReadBlockAsync(kept);
        await errors.BaseStream.CopyToAsync(Stream.Null);
        return new string(kept, 0, count).Trim();
    }

    private async Task<CompilerAnswer?> TryAskAsync(CompilerWork work, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(CompilerProtocol.RequestHeader(work, bytes.Length), CancellationToken.None);
            await input.WriteAsync(bytes, CancellationToken.None);
            await input.FlushAsync(CancellationToken.None);
            return await CompilerProtocol.ReadAnswerAsync(_process.StandardOutput.BaseStream);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private TimeSpan ProcessorTime()
    {
        try
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
        catch (Exception exception) when (IsEnding(exception))
        {
            // It has ended, which whoever asks it something will hear.
            return TimeSpan.Zero;
        }
    }

    // The child has a limit of its own where the system offers one: of what it allocates, twice as high, and at once.
    private void EndIfOverLimits(TimeSpan processorLimit, CancellationTokenSource timeout)
    {
        if (ProcessorTime() > processorLimit)
        {
            timeout.Cancel();
        }

        try
        {
            if (_process.WorkingSet64 > _options.CompileMemoryBytes)
            {
                _process.Kill();
            }
        }
        catch (Exception exception) when (IsEnding(exception))
        {
            // It has ended already.
        }
    }

    // A process that has ended is the one, a process that ends while it is read is the other.
    private static bool IsEnding(Exception exception) => exception is InvalidOperationException or Win32Exception;

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception exception) when (IsEnding(exception))
        {
            // It has ended already.
        }
    }
}
