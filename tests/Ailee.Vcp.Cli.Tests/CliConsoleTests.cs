namespace Ailee.Vcp.Cli.Tests;

public sealed class CliConsoleTests
{
    [Fact]
    public void Tell_StderrThatTakesNothing_GoesOn()
    {
        using var closed = new FullStream();
        using var empty = new MemoryStream();

        new CliConsole(empty, empty, closed, false, false, _ => null).Tell("Nobody hears this.");

        Assert.True(closed.WasAsked);
    }

    /// <summary>A file on a full disk.</summary>
    private sealed class FullStream : MemoryStream
    {
        public bool WasAsked { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Refuse();

        public override void Write(byte[] buffer, int offset, int count) => Refuse();

        private void Refuse()
        {
            WasAsked = true;
            throw new IOException("No space left on device");
        }
    }
}
