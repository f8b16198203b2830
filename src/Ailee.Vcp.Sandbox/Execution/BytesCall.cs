using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>
/// A function of bytes (docs/design/sandbox.md, "Functions of bytes"): the input is copied to where the guest's <c>alloc</c>
/// says, the result is copied from the pointer and length that the function returns in one number, and <c>dealloc</c> gets both
/// back. What is copied is paid as in a host call.
/// </summary>
internal static class BytesCall
{
    public static Func<IReadOnlyList<ScalarValue>> Resolve(Instance instance, Store store, GuestState state)
    {
        var name = state.Request.Entrypoint;
        var function = instance.GetFunction<int, int, long>(name) ?? throw Missing(name, Modules.Entrypoint.BytesSignature);
        var alloc = instance.GetFunction<int, int>(Modules.Entrypoint.Alloc) ?? throw Missing(Modules.Entrypoint.Alloc, Modules.Entrypoint.AllocSignature);
        var dealloc = instance.GetAction<int, int>(Modules.Entrypoint.Dealloc) ?? throw Missing(Modules.Entrypoint.Dealloc, Modules.Entrypoint.DeallocSignature);
        return () =>
        {
            var input = state.Request.Stdin.Span;
            var pointer = alloc(input.Length);
            input.CopyTo(Memory(store, state, (uint)pointer, (uint)input.Length));
            var packed = (ulong)function(pointer, input.Length);
            var (resultPointer, resultLength) = ((uint)(packed >> 32), (uint)packed);
            var result = Memory(store, state, resultPointer, resultLength);
            if (state.Streams.Write(Wasi.StreamKind.Stdout, result) < result.Length)
            {
                throw state.StopFor(StopReason.OutputLimit);
            }

            dealloc(pointer, input.Length);
            // A result in place of the input has one owner and one buffer.
            if (resultPointer != (uint)pointer)
            {
                dealloc((int)resultPointer, (int)resultLength);
            }

            return [];
        };
    }

    private static Span<byte> Memory(Store store, GuestState state, uint address, uint length)
    {
        state.ThrowIfInterrupted();
        var price = (ulong)(GasSchedule.HostCall + (GasSchedule.HostByte * (long)length));
        if (price >= store.Fuel)
        {
            store.Fuel = 0;
            throw state.StopFor(StopReason.OutOfFuel);
        }

        store.Fuel -= price;
        return state.Memory is { } memory && length <= int.MaxValue && (long)address + length <= memory.GetLength()
            ? memory.GetSpan(address, (int)length)
            : throw state.StopFor(StopReason.OutOfBounds);
    }

    private static InvalidOperationException Missing(string name, FunctionSignature signature) => new($"The module exports no function '{name}' {signature}.");
}
