using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class ArgumentsTests(SandboxFixture fixture)
{
    [Fact]
    public async Task ArgsGet_Arguments_NameThenEachTerminated()
    {
        await AssertStringsAsync("args", new Invocation { Arguments = ["one", "", "zwei ü", "three"], Limits = SandboxFixture.DefaultLimits }, "main", "one", "", "zwei ü", "three");
    }

    [Fact]
    public async Task ArgsGet_None_OnlyTheName()
    {
        await AssertStringsAsync("args", SandboxFixture.Command(), "main");
    }

    [Fact]
    public async Task EnvironGet_None_Nothing()
    {
        await AssertStringsAsync("environ", SandboxFixture.Command());
    }

    [Fact]
    public async Task EnvironGet_Variables_InOrderOfTheirNamesBytes()
    {
        // U+10000 sorts above U+FFFD in UTF-8 and below it in UTF-16.
        var environment = new Dictionary<string, string>
        {
            ["b"] = "2",
            ["\uFFFD"] = "replacement",
            ["\U00010000"] = "supplementary",
            ["B"] = "1",
            ["a"] = "with=equals",
            ["ab"] = "",
        };

        await AssertStringsAsync(
            "environ",
            SandboxFixture.Command() with { Environment = environment },
            "B=1", "a=with=equals", "ab=", "b=2", "\uFFFD=replacement", "\U00010000=supplementary");
    }

    [Fact]
    public async Task EnvironGet_Always_ShowsNothingOfTheHost()
    {
        var run = await new GuestScript().Call("environ_sizes_get", 0, 4).Dump(0, 8).RunAsync(fixture);

        Assert.NotEmpty(Environment.GetEnvironmentVariables());
        Assert.Equal(new byte[8], run.Dumped);
    }

    [Theory]
    [InlineData("args")]
    [InlineData("environ")]
    public async Task Get_BufferEndsWithMemory_Fits(string which)
    {
        var invocation = Strings("0123456789");
        var size = Encoding.UTF8.GetByteCount(which == "args" ? "main\00123456789\0" : "x=0123456789\0");

        var fits = await new GuestScript().Call($"{which}_get", 0, GuestScript.MemoryBytes - size).RunAsync(fixture, invocation);
        var tooLate = await new GuestScript().Call($"{which}_get", 0, GuestScript.MemoryBytes - size + 1).RunAsync(fixture, invocation);

        Assert.Equal([Errno.Success], fits.Errnos);
        Assert.Equal([Errno.Fault], tooLate.Errnos);
    }

    [Fact]
    public async Task ArgsGet_PointersOverTheBuffer_LastWriteWins()
    {
        var run = await new GuestScript().Call("args_get", 0, 0).Dump(0, 8).RunAsync(fixture, Strings("ab"));

        // "main\0" over its own pointer, then the second pointer over its last byte, then "ab\0" behind it.
        Assert.Equal([(byte)'m', (byte)'a', (byte)'i', (byte)'n', 5, (byte)'a', (byte)'b', 0], run.Dumped);
    }

    [Fact]
    public async Task ArgsGet_ManyLongArguments_AllArrive()
    {
        var arguments = Enumerable.Range(0, 500).Select(i => new string((char)('a' + (i % 26)), 100)).ToArray();

        await AssertStringsAsync("args", SandboxFixture.Command(arguments), ["main", .. arguments]);
    }

    [Fact]
    public void Strings_AskedForAgain_AreNotMadeAgain()
    {
        using var state = new GuestState(SandboxFixture.Request([], "run", Strings("value")), CancellationToken.None);

        // A guest asks for their sizes at a flat price, as often as it likes.
        Assert.Same(state.Arguments, state.Arguments);
        Assert.Same(state.Environment, state.Environment);
    }

    private static Invocation Strings(string value) => SandboxFixture.Command(value) with { Environment = new Dictionary<string, string> { ["x"] = value } };

    private async Task AssertStringsAsync(string which, Invocation invocation, params string[] expected)
    {
        const int Buffer = 4096;
        var bytes = expected.Select(text => Encoding.UTF8.GetBytes(text + "\0")).ToList();
        var size = bytes.Sum(item => item.Length);

        // A command's arguments, though the script is called as a function.
        var wat = new GuestScript()
            .Call($"{which}_sizes_get", 0, 4)
            .Call($"{which}_get", 8, Buffer)
            .Dump(0, 8 + (4 * expected.Length))
            .Dump(Buffer, size)
            .ToWat();
        var wrapped = wat.Replace("(func (export \"run\")", "(func $script", StringComparison.Ordinal)[..^1]
            + "(func (export \"_start\") (if (i32.or (call $script)) (then unreachable))))";
        var result = await fixture.ConcludeAsync(wrapped, "_start", invocation);

        Assert.Equal(Outcome.Completed, result.Outcome);
        var dumped = result.Stdout.ToArray();
        Assert.Equal(expected.Length, BinaryPrimitives.ReadInt32LittleEndian(dumped));
        Assert.Equal(size, BinaryPrimitives.ReadInt32LittleEndian(dumped.AsSpan(4)));
        var at = Buffer;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(at, BinaryPrimitives.ReadInt32LittleEndian(dumped.AsSpan(8 + (4 * i))));
            at += bytes[i].Length;
        }

        Assert.Equal(bytes.SelectMany(item => item), dumped.Skip(8 + (4 * expected.Length)));
    }
}
