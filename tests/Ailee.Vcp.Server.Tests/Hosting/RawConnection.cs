using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>A connection that sends what no client library would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Sends lines, each with its end, and nothing behind them.</summary>
    public async Task SendAsync(params string[] lines) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));

    /// <summary>Sends text as it is.</summary>
    public async Task SendTextAsync(string text) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads so many bytes.</summary>
    public async Task<string> ReadTextAsync(int bytes)
    {
        using var end = new CancellationTokenSource(Calls.LongWait);
        var buffer = new byte[bytes];
        await _client.GetStream().ReadExactlyAsync(buffer, end.Token);
        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>Sends one request that asks for the end of the connection, and reads to there. Gives the status and all that came; 0 if nothing did.</summary>
    public static async Task<(int Status, string Text)> AskAsync(Uri server, params string[] lines)
    {
        using var connection = await OpenAsync(server);
        await connection.SendAsync([.. lines, "Connection: close", ""]);
        return await connection.ReadToEndAsync();
    }

    /// <summary>Everything that comes until the connection is closed, however that is.</summary>
    public async Task<(int Status, string Text)> ReadToEndAsync()
    {
        using var end = new CancellationTokenSource(Calls.LongWait);
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await _client.GetStream().ReadAsync(buffer, end.Token) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset; what came before came.
        }

        return (text.Length == 0 ? 0 : int.Parse(text.ToString().Split(' ', 3)[1], CultureInfo.InvariantCulture), text.ToString());
    }

    public void Dispose() => _client.Dispose();
}
