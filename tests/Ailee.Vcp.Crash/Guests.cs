using Ailee.Vcp.Sandbox;

namespace Ailee.Vcp.Crash;

/// <summary>Guests, as binaries.</summary>
internal static class Guests
{
    /// <summary>Adds, traps and spins.</summary>
    public static byte[] Calls { get; } = WasmSandbox.ConvertText(
        """
        (module
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "trap") unreachable)
          (func (export "spin") (loop br 0)))
        """);

    /// <summary>A module like no other.</summary>
    public static byte[] Unique(int number) => WasmSandbox.ConvertText($$"""(module (func (export "run") (result i32) (i32.const {{number}})))""");
}
