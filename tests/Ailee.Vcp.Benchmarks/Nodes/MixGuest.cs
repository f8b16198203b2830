using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>A guest whose right answers are known here too, worked out by other code.</summary>
internal static class MixGuest
{
    private const int Rounds = 1000;

    private const string Text = """
        (module
          (func (export "mix") (param $x i32) (param $rounds i32) (result i32)
            (loop $again
              (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
              (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
              (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
              (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $x)))
        """;

    /// <summary>Uploads the module; gives its digest.</summary>
    public static async Task<string> UploadAsync(VcpClient client) =>
        (await client.UploadModuleAsync(System.Text.Encoding.UTF8.GetBytes(Text), MediaTypes.Wat, CancellationToken.None)).Digest;

    /// <summary>A task of it for the nodes with a label.</summary>
    public static TaskRequest Request(string module, int x, TaskAssurance assurance, IReadOnlyDictionary<string, string> labels) => new()
    {
        Module = module,
        Entrypoint = "mix",
        Args = [JsonSerializer.SerializeToElement(x), JsonSerializer.SerializeToElement(Rounds)],
        Assurance = assurance,
        Selection = new TaskSelection { Labels = labels },
    };

    /// <summary>Whether a task came to the right answer.</summary>
    public static bool IsRight(ComputeTask task, int x) => task.Result is { Outcome: "completed", Results: [{ Type: "i32" } only] } && only.Value.GetInt32() == Answer(x);

    /// <summary>The right answer.</summary>
    public static int Answer(int x)
    {
        var value = (uint)x;
        for (var round = 0; round < Rounds; round++)
        {
            value ^= value << 13;
            value ^= value >> 17;
            value ^= value << 5;
        }

        return (int)value;
    }
}
