using System.Globalization;
using System.Text;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>
/// Writes a guest that makes host calls one after another. Its results are their errnos in order; what <see cref="Dump"/> names is
/// written to stdout. It has two pages of memory, of which a test may use the first; texts among arguments lie in the second.
/// </summary>
/// <param name="module">Name of the module that its calls are imported from.</param>
internal sealed class GuestScript(string module = "wasi_snapshot_preview1")
{
    public const int MemoryBytes = 2 * 65536;

    // Where Dump keeps its I/O vector: in the second page, out of the way.
    private const int DumpVector = MemoryBytes - 16;

    private readonly SortedSet<string> _imports = new(StringComparer.Ordinal) { "fd_write" };
    private readonly StringBuilder _data = new();
    private readonly StringBuilder _body = new();
    private int _calls;
    private int _texts = MemoryBytes / 2;

    public GuestScript Data(int address, params ReadOnlySpan<byte> bytes)
    {
        _data.Append(CultureInfo.InvariantCulture, $"  (data (i32.const {address}) \"");
        foreach (var value in bytes)
        {
            _data.Append(CultureInfo.InvariantCulture, $"\\{value:x2}");
        }

        _data.AppendLine("\")");
        return this;
    }

    /// <summary>I/O vectors, one behind the other.</summary>
    public GuestScript Vectors(int address, params (long Pointer, long Length)[] vectors)
    {
        var bytes = new List<byte>();
        foreach (var (pointer, length) in vectors)
        {
            bytes.AddRange(BitConverter.GetBytes((uint)pointer));
            bytes.AddRange(BitConverter.GetBytes((uint)length));
        }

        return Data(address, [.. bytes]);
    }

    /// <summary>Places bytes in the second page and tells where.</summary>
    public int Place(ReadOnlySpan<byte> bytes)
    {
        var address = _texts;
        Data(address, bytes);
        _texts += bytes.Length;
        return address;
    }

    /// <summary>A text among the arguments stands for its address and its length.</summary>
    public GuestScript Call(string name, params ReadOnlySpan<GuestArgument> arguments)
    {
        var numbers = new List<long>();
        foreach (var argument in arguments)
        {
            numbers.AddRange(argument.Text is { } text ? [Place(text), text.Length] : [argument.Number]);
        }

        return Call(name, numbers.ToArray());
    }

    public GuestScript Call(string name, long[] arguments)
    {
        _imports.Add(name);
        _body.AppendLine(CultureInfo.InvariantCulture, $"    {Invoke(name, arguments)}");
        _calls += WasiSignatures.Returns(name) ? 1 : 0;
        return this;
    }

    /// <summary>Writes a part of memory to stdout.</summary>
    public GuestScript Dump(int address, int length)
    {
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (i32.store (i32.const {DumpVector}) (i32.const {address}))");
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (i32.store (i32.const {DumpVector + 4}) (i32.const {length}))");
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (drop {Invoke("fd_write", [1, DumpVector, 1, DumpVector + 8])})");
        return this;
    }

    /// <summary>Writes a part of memory to stdout whose length stands in memory.</summary>
    public GuestScript DumpCounted(int address, int lengthAt)
    {
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (i32.store (i32.const {DumpVector}) (i32.const {address}))");
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (i32.store (i32.const {DumpVector + 4}) (i32.load (i32.const {lengthAt})))");
        _body.AppendLine(CultureInfo.InvariantCulture, $"    (drop {Invoke("fd_write", [1, DumpVector, 1, DumpVector + 8])})");
        return this;
    }

    /// <summary>Any instructions that leave nothing on the stack.</summary>
    public GuestScript Code(string wat)
    {
        _body.Append("    ").AppendLine(wat);
        return this;
    }

    public string ToWat()
    {
        var imports = string.Concat(_imports.Select(name => $"  (import \"{module}\" \"{name}\" (func ${name} {WasiSignatures.Type(name)}))\n"));
        var results = string.Concat(Enumerable.Repeat(" i32", _calls));
        return $"(module\n{imports}  (memory (export \"memory\") 2)\n{_data}  (func (export \"run\") (result{results})\n{_body}))";
    }

    public async Task<ScriptRun> RunAsync(SandboxFixture fixture, Invocation? invocation = null, byte[]? stdin = null, Bundle? bundle = null)
    {
        var result = await fixture.ConcludeAsync(ToWat(), "run", (invocation ?? SandboxFixture.Function()) with { FunctionArguments = [] }, stdin, bundle);
        return new ScriptRun(result, [.. result.Output.Results.Select(value => (int)value.Bits)], result.Stdout.ToArray());
    }

    private static string Invoke(string name, ReadOnlySpan<long> arguments)
    {
        var kinds = WasiSignatures.Parameters(name);
        Assert.Equal(kinds.Length, arguments.Length);
        var text = new StringBuilder($"(call ${name}");
        for (var i = 0; i < kinds.Length; i++)
        {
            text.Append(kinds[i] == 'I'
                ? string.Create(CultureInfo.InvariantCulture, $" (i64.const {arguments[i]})")
                : string.Create(CultureInfo.InvariantCulture, $" (i32.const {unchecked((int)arguments[i])})"));
        }

        return text.Append(')').ToString();
    }
}

/// <summary>A number, or a text for which two numbers are passed.</summary>
internal readonly record struct GuestArgument(long Number, byte[]? Text)
{
    public static implicit operator GuestArgument(long number) => new(number, null);

    public static implicit operator GuestArgument(string text) => new(0, Encoding.UTF8.GetBytes(text));

    public static implicit operator GuestArgument(byte[] text) => new(0, text);
}

/// <summary>What a <see cref="GuestScript"/> did.</summary>
internal sealed record ScriptRun(ExecutionResult.Conclusive Result, int[] Errnos, byte[] Dumped)
{
    public string Text => Encoding.UTF8.GetString(Dumped);

    /// <summary>What was dumped as numbers of eight bytes.</summary>
    public ulong[] Numbers => [.. Dumped.Chunk(8).Select(bytes => BitConverter.ToUInt64(bytes))];
}
