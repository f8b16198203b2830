using System.CommandLine;
using Ailee.Vcp.Client;
using Ailee.Vcp.ProductionDemo.Liars;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>Parses and runs. Exit code 0: everything that was claimed held; 1: something did not; 130: interrupted.</summary>
internal static class DemoCommandLine
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    // After Ctrl-C processes are ended and a directory is removed.
    private static readonly TimeSpan CleaningUp = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = DemoOptions.Command(RunDemoAsync);
        root.Add(LiarCommand.Create());
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = CleaningUp });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrupted; everything that was started is ended.");
            return Interrupted;
        }
        catch (Exception exception) when (exception is DemoException or VcpApiException or HttpRequestException or IOException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }
    }

    private static async Task<int> RunDemoAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        if (options.Problem() is { } problem)
        {
            throw new DemoException(problem);
        }

        try
        {
            return await new Demo(options, TimeProvider.System).RunAsync(cancellationToken) ? 0 : Failed;
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            // A terminal sends Ctrl-C to the server and the agents too, so that one of them may seem to have failed.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }
}
