using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Turns a request into a draft, or says what is wrong with it. Pure.</summary>
internal sealed class TaskValidator(SandboxOptions options, int mostAttempts)
{
    private const long PageBytes = 65536;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public Problem? Validate(TaskRequest request, ModuleView module, out TaskDraft? draft)
    {
        draft = null;
        var entrypoint = request.Entrypoint ?? ModuleDescription.CommandEntrypoint;
        var signature = Signature(module, entrypoint);
        if (Entrypoint.Check(entrypoint, signature, module.Exports.Where(candidate => candidate.Kind == "function").Select(candidate => candidate.Name)) is { } unfit)
        {
            return ToProblem(unfit);
        }

        Problem?[] problems =
        [
            ReadStdin(request.Input, out var stdin),
            ReadSeed(request.Seed, out var seed),
            ReadClock(request.Clock, out var clock),
            ReadBundle(request.Bundle, out var bundle),
            ReadOutputs(request.Outputs, out var outputs),
            ReadLimits(request.Limits, module, out var limits, out var timeoutMs),
            AssuranceRules.Read(request.Assurance, out var assurance),
            SelectionRules.Check(request, mostAttempts),
        ];
        if (Array.Find(problems, candidate => candidate is not null) is { } first)
        {
            return first;
        }

        var invocation = new Invocation { Stdin = Blob.Of(stdin.Span, options.ContentHash), Bundle = bundle, Outputs = outputs, Seed = seed, ClockNanoseconds = clock, Limits = limits };
        var problem = entrypoint == ModuleDescription.CommandEntrypoint
            ? AddCommand(request, ref invocation)
            : request.Input is null ? AddFunction(request, entrypoint, signature!, ref invocation)
            : AddBytes(request, entrypoint, module, ref invocation);
        problem ??= CheckSize(request, stdin);
        draft = new TaskDraft(Digest.Parse(module.Digest), entrypoint, invocation, stdin, timeoutMs) { Bundle = bundle, Hash = options.ContentHash, Assurance = assurance.Mode, Runs = assurance.Runs, Replicas = assurance.Replicas, Quorum = assurance.Quorum }.With(request, mostAttempts);
        return problem;
    }

    private static Problem? ReadStdin(TaskInput? input, out ReadOnlyMemory<byte> stdin)
    {
        stdin = default;
        if (input is null)
        {
            return null;
        }

        if (input.Text is null == input.Base64 is null)
        {
            return Problems.InputInvalid.Because("input must have either text or base64.");
        }

        try
        {
            stdin = input.Text is not null ? StrictUtf8.GetBytes(input.Text) : Convert.FromBase64String(input.Base64!);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or EncoderFallbackException)
        {
            return Problems.InputInvalid.Because(input.Text is not null ? "input.text has an unpaired surrogate." : "input.base64 is not base64.");
        }
    }

    private static Problem? ReadBundle(string? text, out Digest? bundle)
    {
        bundle = Digest.TryParse(text, out var digest) ? digest : null;
        return text is null || bundle is not null ? null : Problems.BundleNotFound.Because("Upload the bundle first; its name is 'sha256:' and 64 lowercase hexadecimal digits.");
    }

    private static Problem? ReadOutputs(IReadOnlyList<string>? texts, out IReadOnlyList<string> outputs)
    {
        // The serializer holds members to their nullability, but not the elements of a list.
        var problem = texts is not null && texts.Any(text => text is null) ? "A pattern must be a string." : string.Empty;
        var patterns = OutputPatterns.None;
        var ok = problem.Length == 0 && OutputPatterns.TryParse(texts ?? [], out patterns, out problem);
        outputs = patterns.Canonical;
        return ok ? null : Problems.OutputsInvalid.Because(problem);
    }

    private static Problem? ReadSeed(string? text, out ReadOnlyMemory<byte> seed) =>
        InvocationText.TryParseSeed(text, out seed) ? null : Problems.InputInvalid.Because("seed must be 64 hexadecimal digits.");

    private static Problem? ReadClock(DateTimeOffset? clock, out ulong nanoseconds) =>
        InvocationText.TryClock(clock, out nanoseconds) ? null : Problems.InputInvalid.Because("clock must lie between 1970 and 2554.");

    private Problem? ReadLimits(TaskLimits? asked, ModuleView module, out DeterministicLimits limits, out int timeoutMs)
    {
        var memory = asked?.MemoryBytes ?? options.MemoryBytes;
        var scratch = asked?.ScratchBytes ?? options.ScratchBytes;
        var instructions = asked?.Instructions ?? options.Instructions;
        timeoutMs = asked?.TimeoutMs ?? options.TimeoutMs;
        limits = new DeterministicLimits(memory, instructions, options.StdoutBytes, options.StderrBytes, options.TableElements, scratch, options.ScratchEntries, options.Descriptors);
        (string Name, long Value, long Minimum, long Maximum)[] values =
        [
            ("memoryBytes", memory, 1, options.MemoryBytes),
            ("instructions", instructions, 1, options.Instructions),
            ("timeoutMs", timeoutMs, 1, options.TimeoutMs),
            ("scratchBytes", scratch, 0, options.ScratchBytes),
        ];
        foreach (var (name, value, minimum, maximum) in values)
        {
            if (value > maximum)
            {
                return Problems.LimitTooHigh.Because($"limits.{name} is {value}; the server allows {maximum}.");
            }

            if (value < minimum)
            {
                return Problems.LimitTooLow.Because(minimum == 1 ? $"limits.{name} must be positive." : $"limits.{name} must not be negative.");
            }
        }

        return module.MemoryPages * PageBytes > memory
            ? Problems.LimitTooLow.Because($"The module starts with {module.MemoryPages * PageBytes} bytes of memory; limits.memoryBytes is {memory}.")
            : null;
    }

    private static Problem? AddCommand(TaskRequest request, ref Invocation invocation)
    {
        var arguments = new List<string>();
        foreach (var argument in request.Args ?? [])
        {
            if (TextOf(argument) is not { } text)
            {
                return Problems.ArgumentsInvalid.Because("A command's args must be strings.");
            }

            arguments.Add(text);
        }

        invocation = invocation with { Arguments = arguments };
        return AddEnvironment(request, ref invocation);
    }

    private static Problem? AddEnvironment(TaskRequest request, ref Invocation invocation)
    {
        var environment = request.Env ?? new Dictionary<string, string>();
        // The serializer holds members to their nullability, but not the values of a dictionary.
        if (environment.Values.Any(value => value is null))
        {
            return Problems.ArgumentsInvalid.Because("The value of a variable must be a string.");
        }

        if (Entrypoint.CheckCommand(invocation.Arguments, environment) is { } problem)
        {
            return ToProblem(problem);
        }

        invocation = invocation with { Environment = environment };
        return null;
    }

    private static Problem? AddBytes(TaskRequest request, string entrypoint, ModuleView module, ref Invocation invocation)
    {
        if (request.Args is { Count: > 0 })
        {
            return Problems.ArgumentsInvalid.Because("A function takes either args or input.");
        }

        if (Entrypoint.CheckBytes(entrypoint, name => Signature(module, name)) is { } unfit)
        {
            return ToProblem(unfit);
        }

        invocation = invocation with { PassesBytes = true };
        return AddEnvironment(request, ref invocation);
    }

    private static FunctionSignature? Signature(ModuleView module, string name) =>
        module.Exports.FirstOrDefault(candidate => candidate.Name == name && candidate.Kind == "function") is { } export
            ? new FunctionSignature(export.Parameters!, export.Results!)
            : null;

    private static Problem? AddFunction(TaskRequest request, string entrypoint, FunctionSignature signature, ref Invocation invocation)
    {
        if (AddEnvironment(request, ref invocation) is { } unfit)
        {
            return unfit;
        }

        var arguments = request.Args ?? [];
        var texts = new List<string?>();
        for (var i = 0; i < arguments.Count; i++)
        {
            // 64-bit and float numbers would lose bits on their way through JSON.
            var mayBeNumber = i < signature.Parameters.Count && signature.Parameters[i] == "i32";
            texts.Add(arguments[i].ValueKind switch
            {
                JsonValueKind.String => TextOf(arguments[i]),
                JsonValueKind.Number when mayBeNumber => arguments[i].GetRawText(),
                _ => null,
            });
        }

        var problem = Entrypoint.ParseArguments(entrypoint, signature, texts, out var values);
        invocation = invocation with { FunctionArguments = values };
        return problem is null ? null : ToProblem(problem);
    }

    // Half a surrogate pair, or bytes that are not UTF-8, are found only when a string is read.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Problem ToProblem(EntrypointProblem problem) => Problems.All.Single(kind => kind.Code == problem.Code).Because(problem.Message);

    private Problem? CheckSize(TaskRequest request, ReadOnlyMemory<byte> stdin)
    {
        var size = stdin.Length
            + (request.Args ?? []).Sum(argument => (long)argument.GetRawText().Length)
            + (request.Env ?? new Dictionary<string, string>()).Sum(variable => (long)Encoding.UTF8.GetByteCount(variable.Key) + Encoding.UTF8.GetByteCount(variable.Value));
        return size > options.InputBytes ? Problems.InputTooLarge.Because($"They are {size} bytes; the server allows {options.InputBytes}.") : null;
    }
}
