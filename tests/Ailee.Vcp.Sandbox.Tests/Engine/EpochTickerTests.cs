using Ailee.Vcp.Sandbox.Engine;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

public sealed class EpochTickerTests
{
    private const string Endless = """(module (func (export "run") (loop $again (br $again))))""";

    [Fact]
    public void GuestStarted_AfterIdleTime_TicksAgain()
    {
        using var config = new Config().WithEpochInterruption(true);
        using var engine = new global::Wasmtime.Engine(config);
        using var ticker = new EpochTicker(engine);
        for (var round = 0; round < 20; round++)
        {
            ticker.GuestStarted();

            // Ends only because the epoch moves.
            Assert.Throws<TrapException>(() => Spin(engine));

            ticker.GuestStopped();
        }
    }

    [Fact]
    public void GuestStopped_OneOfTwo_TicksOn()
    {
        using var config = new Config().WithEpochInterruption(true);
        using var engine = new global::Wasmtime.Engine(config);
        using var ticker = new EpochTicker(engine);
        ticker.GuestStarted();
        ticker.GuestStarted();
        ticker.GuestStopped();

        var trap = Assert.Throws<TrapException>(() => Spin(engine));

        Assert.Equal(TrapCode.Interrupt, trap.Type);
        ticker.GuestStopped();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_IdleOrTicking_EndsTheThread(bool running)
    {
        using var engine = new global::Wasmtime.Engine();
        var ticker = new EpochTicker(engine);
        if (running)
        {
            ticker.GuestStarted();
        }

        // Joins the thread: a ticker that does not end hangs here.
        ticker.Dispose();
    }

    [Fact]
    public void GuestStartedAndStopped_FromManyThreads_NeitherDeadlocksNorStopsTicking()
    {
        using var config = new Config().WithEpochInterruption(true);
        using var engine = new global::Wasmtime.Engine(config);
        using var ticker = new EpochTicker(engine);

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                ticker.GuestStarted();
                ticker.GuestStopped();
            }
        });

        ticker.GuestStarted();
        Assert.Throws<TrapException>(() => Spin(engine));
    }

    private static void Spin(global::Wasmtime.Engine engine)
    {
        using var module = Module.FromText(engine, "guest", Endless);
        using var linker = new Linker(engine);
        using var store = new Store(engine);
        store.SetEpochDeadline(1);
        linker.Instantiate(store, module).GetAction("run")!();
    }
}
