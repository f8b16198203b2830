using System.Runtime.InteropServices;
using System.Text.Json;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Crash.Checks;
using Ailee.Vcp.Crash.Nodes;

namespace Ailee.Vcp.Crash.Steps;

/// <summary>Tasks with known ends.</summary>
internal static class Requests
{
    // Only the built-in node has it: the acting ones may lie, and know no guest that does not end.
    private static readonly TaskSelection Here = new() { Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant() };

    /// <summary>The module of all tasks.</summary>
    public static async Task PrepareAsync(World world, CancellationToken end) => await world.UploadModuleAsync(Guests.Calls, end);

    /// <summary>A sum that no other task has.</summary>
    public static async Task<Submitted> AddAsync(World world, CancellationToken end)
    {
        var number = world.NextNumber();
        var task = await CallAsync(world, "add", TaskEnds.Result(number + 1000), end);
        return task with { Request = task.Request with { Args = [JsonSerializer.SerializeToElement(number), JsonSerializer.SerializeToElement(1000)] } };
    }

    /// <summary>A call of the module, for the built-in node.</summary>
    public static async Task<Submitted> CallAsync(World world, string entrypoint, string expected, CancellationToken end)
    {
        var name = $"{entrypoint}-{world.NextNumber()}";
        var module = await world.UploadModuleAsync(Guests.Calls, end);
        return new Submitted(name, new TaskRequest { Module = module.ToString(), Entrypoint = entrypoint, Selection = Here, Labels = new Dictionary<string, string> { [Submitted.Label] = name } }, expected);
    }

    /// <summary>The same, for the acting nodes.</summary>
    public static async Task<Submitted> FarAsync(World world, TaskAssurance? assurance, string? strategy, CancellationToken end)
    {
        var task = await AddAsync(world, end);
        return task with { Request = task.Request with { Assurance = assurance, Selection = new TaskSelection { Strategy = strategy, Labels = assurance is null ? ActingNode.Honest : ActingNode.Far } } };
    }
}
