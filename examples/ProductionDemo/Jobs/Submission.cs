using System.Formats.Tar;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.ProductionDemo.Fleets;

namespace Ailee.Vcp.ProductionDemo.Jobs;

/// <summary>Uploads what jobs need, each thing once, and submits them.</summary>
internal sealed class Submission(VcpClient client)
{
    private readonly Dictionary<string, string> _uploaded = [];

    /// <summary>
    /// Submits a job. Short ones run on three nodes of different owners, two of whom must agree. A long one runs on two, who must both agree:
    /// so if one dies, another has to take its place.
    /// </summary>
    public async Task<ComputeTask> SubmitAsync(Job job, CancellationToken cancellationToken)
    {
        var run = job.Case;
        var request = new TaskRequest
        {
            Module = await OnceAsync(run.Guest, () => UploadModuleAsync(run.Guest, cancellationToken)),
            Entrypoint = run.Entrypoint,
            Args = run.Args,
            Env = run.Env,
            Input = run.Input is null ? null : new TaskInput { Base64 = Convert.ToBase64String(await File.ReadAllBytesAsync(At(run.Input), cancellationToken)) },
            Bundle = run.Bundle is null ? null : await OnceAsync(run.Bundle, () => UploadBundleAsync(run.Bundle, cancellationToken)),
            Outputs = run.Outputs is null ? null : [.. run.Outputs.Keys],
            Assurance = new TaskAssurance { Mode = AssuranceModes.Quorum, Replicas = job.IsLong ? 2 : 3, Quorum = 2 },
            Selection = new TaskSelection { Labels = Fleet.Labels },
        };
        return await client.SubmitTaskAsync(request, null, Guid.NewGuid().ToString(), cancellationToken);
    }

    private async Task<string> OnceAsync(string path, Func<Task<string>> upload)
    {
        if (!_uploaded.TryGetValue(path, out var digest))
        {
            digest = _uploaded[path] = await upload();
        }

        return digest;
    }

    private async Task<string> UploadModuleAsync(string path, CancellationToken cancellationToken) =>
        (await client.UploadModuleAsync(await File.ReadAllBytesAsync(At(path), cancellationToken), MediaTypes.Wasm, cancellationToken)).Digest;

    private async Task<string> UploadBundleAsync(string path, CancellationToken cancellationToken)
    {
        using var tar = new MemoryStream();
        await TarFile.CreateFromDirectoryAsync(At(path), tar, includeBaseDirectory: false, cancellationToken);
        tar.Position = 0;
        return (await client.UploadBundleAsync(tar, cancellationToken)).Digest;
    }

    private static string At(string path) => Path.Combine(Locations.Guests, path);
}
